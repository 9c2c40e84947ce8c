import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { mergeContexts } from './attributes';
import { checkRule, type RuleCheck, type RuleProblem } from './check-rule';
import { compile, type CompiledRule } from './compile';
import type { DebugLog } from './debug-log';
import { Interpreter } from './interpreter';
import { operators } from './operators';
import { readableContext } from './readable-context';
import type { Evaluators } from './rule';
import { sameRule } from './same-rule';
import type { Value } from './values';

export type { DebugLog } from './debug-log';
export type { Evaluators } from './rule';
export type { RuleProblem } from './check-rule';

/** To compile costs about as much as interpreting so often, and most flags of a large set are not asked for at all. */
const interpretedEvaluations = 3;

/** A rule with more operators is interpreted always: its source text could be more than a parser takes. */
const mostCompiledOperations = 2_000;

/** False once the platform has refused to compile; there is no use in asking again for each flag. */
let codeGenerationIsAllowed = true;

/** A flag's targeting rule. It is interpreted at first and compiled when it turns out to be in use. */
export class Targeting {
  #check: RuleCheck | undefined;
  #compiled: CompiledRule | undefined;
  #evaluationCount = 0;

  constructor(
    readonly rule: JsonValue,
    readonly flagKey: string,
    readonly evaluators: Evaluators,
  ) {}

  /** An unknown operator, a missing `$ref`, a rule that is too deep: checked on the whole rule, before any evaluation. */
  get problem(): RuleProblem | undefined {
    this.#check ??= checkRule(this.rule, this.evaluators);
    return this.#check.problem;
  }

  /** Whether both answer alike for every context: the same rule once references are resolved. */
  equals(other: Targeting): boolean {
    if (this.problem || other.problem) {
      return this.problem?.message === other.problem?.message && this.problem?.pointer === other.problem?.pointer;
    }
    return this.flagKey === other.flagKey && sameRule(this, other);
  }

  /**
   * What the rule, which must have no {@link problem}, gives for a context. Never throws on account of a context value.
   *
   * @param syncContext wins over the caller's
   */
  evaluate(context: EvaluationContext, syncContext: EvaluationContext, debug: DebugLog): JsonValue {
    let value;
    try {
      value = this.#run(context, syncContext, debug);
    } catch (error) {
      if (this.problem) throw error;
      debug(`Flag "${this.flagKey}" is evaluated without what of the context cannot be read: ${String(error)}`);
      value = this.#interpret(readableContext(context), readableContext(syncContext), debug);
    }
    return typeof value === 'string' ? value : toResult(value);
  }

  #run(context: EvaluationContext, syncContext: EvaluationContext, debug: DebugLog): Value {
    const compiled = this.#compiled ?? this.#compileInTime();
    if (compiled === undefined) return this.#interpret(context, syncContext, debug);
    const { needsWholeContext, needsTimestamp } = compiled;
    const timestamp = needsTimestamp || needsWholeContext ? secondsNow() : 0;
    return needsWholeContext
      ? compiled.run(mergeContexts(context, syncContext, this.flagKey, timestamp), undefined, debug, timestamp)
      : compiled.run(context, hasAttributes(syncContext) ? syncContext : undefined, debug, timestamp);
  }

  #interpret(context: EvaluationContext, syncContext: EvaluationContext, debug: DebugLog): Value {
    const data = mergeContexts(context, syncContext, this.flagKey, secondsNow());
    return new Interpreter(operators, this.evaluators, debug).evaluate(this.rule, data as Value);
  }

  #compileInTime(): CompiledRule | undefined {
    if (this.#evaluationCount > interpretedEvaluations) return undefined;
    if (this.#evaluationCount++ < interpretedEvaluations || !codeGenerationIsAllowed) return undefined;
    this.#check ??= checkRule(this.rule, this.evaluators);
    if (this.#check.operationCount > mostCompiledOperations) return undefined;
    try {
      this.#compiled = compile(this.rule, this.flagKey, this.evaluators);
    } catch (error) {
      // anything else is a stack that is nearly full, and then interpretation will do
      if (error instanceof EvalError) codeGenerationIsAllowed = false;
    }
    return this.#compiled;
  }
}

/** A result that no variant can be named by is null. */
function toResult(value: Value): JsonValue {
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : (value as JsonValue);
}

function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}

function hasAttributes(context: EvaluationContext): boolean {
  for (const _ in context) return true;
  return false;
}
