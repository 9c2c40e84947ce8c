import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import type { DebugLog } from './debug-log';
import type { Operator } from './operator';
import { referredRule, resolveInData } from './references';
import { argumentsOf, operatorOf, referenceOperator, type Evaluators } from './rule';
import type { Value } from './values';

/** Walks a rule that has passed the check. It is how a rule runs until it is compiled, and where it cannot be. */
export class Interpreter {
  constructor(
    readonly operators: Readonly<Record<string, Operator>>,
    readonly evaluators: Evaluators,
    readonly debug: DebugLog,
  ) {}

  /** @param data what `var` reads: the merged context, and inside `map` and its like the element */
  evaluate(rule: JsonValue | undefined, data: Value): Value {
    if (typeof rule !== 'object' || rule === null) return rule;
    if (Array.isArray(rule)) return this.evaluateAll(rule, data);
    const name = operatorOf(rule);
    if (name === undefined) return resolveInData(rule, this.evaluators);
    if (name === referenceOperator) return this.follow(rule, data);
    return this.apply(name, argumentsOf(rule, name), data);
  }

  evaluateAll(rules: readonly JsonValue[], data: Value): Value[] {
    return rules.map((rule) => this.evaluate(rule, data));
  }

  /** The value of a scope's body for one element. */
  evaluateBody(body: JsonValue | undefined, element: Value): Value {
    return this.evaluate(body, element);
  }

  protected follow(reference: JsonObject, data: Value): Value {
    return this.evaluate(referredRule(reference, this.evaluators), data);
  }

  protected apply(name: string, args: readonly JsonValue[], data: Value): Value {
    const operator = this.operators[name];
    if (operator === undefined) throw new Error(`The operator "${name}" has not been checked.`);
    return operator.interpret(args, data, this);
  }
}
