import type { EvaluationContext, JsonObject, JsonValue } from '@openfeature/server-sdk';
import { mergeContexts } from './attributes';
import { checkRule, type RuleProblem } from './check-rule';
import { compile, type CompiledRule } from './compile';
import type { DebugLog } from './debug-log';
import { Interpreter } from './interpreter';
import { operators } from './operators';
import { readableContext, toPlainJson } from './plain-json';
import type { Evaluators } from './rule';
import { sameRule } from './same-rule';
import type { Trace } from './step';
import { Tracer } from './trace';
import type { Value } from './values';

export type { DebugLog } from './debug-log';
export type { Evaluators } from './rule';
export type { RuleProblem } from './check-rule';

/** To compile costs about as much as so many interpretations, and most flags of a large set are hardly asked for. */
const interpretedEvaluations = 8;

/** Rules of a set that is evaluated as a whole, again and again, are compiled in so many goes, and not all in one. */
const stagger = 16;

let rulesMade = 0;

/** False once the platform has refused to compile; there is no use in asking again for each flag. */
let codeGenerationIsAllowed = true;

/** A flag's targeting rule. It is interpreted at first and compiled when it turns out to be in use. */
export class Targeting {
  /** Undefined until it has been looked for. */
  #problem: RuleProblem | null | undefined;
  #compiled: CompiledRule | undefined;
  /** 0 once that has been done, or tried in vain. */
  #evaluationsToCompile = interpretedEvaluations + (rulesMade++ % stagger);

  constructor(
    readonly rule: JsonValue,
    readonly flagKey: string,
    readonly evaluators: Evaluators,
  ) {}

  /** An unknown operator, a missing `$ref`, a rule that is too deep: checked on the whole rule, before any evaluation. */
  get problem(): RuleProblem | undefined {
    if (this.#problem === undefined) this.#problem = checkRule(this.rule, this.evaluators).problem ?? null;
    return this.#problem ?? undefined;
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
      debug(`Flag "${this.flagKey}" is evaluated without what cannot be read of the context.`);
      value = this.#interpret(readableContext(context), readableContext(syncContext), debug);
    }
    return typeof value === 'string' ? value : toResult(value);
  }

  /** What {@link evaluate} gives and how it comes to that, without writing to a log. Slow. */
  trace(context: EvaluationContext, syncContext: EvaluationContext): Trace {
    const timestamp = secondsNow();
    const run = (callers: EvaluationContext, servers: EvaluationContext): Trace => {
      const tracer = new Tracer(this.evaluators);
      const data = mergeContexts(callers, servers, this.flagKey, timestamp);
      const result = toResult(tracer.evaluate(this.rule, data as Value));
      return { context: toPlainJson(data) as JsonObject, result, steps: tracer.steps, isComplete: tracer.isComplete };
    };
    try {
      return run(context, syncContext);
    } catch {
      return run(readableContext(context), readableContext(syncContext));
    }
  }

  #run(context: EvaluationContext, syncContext: EvaluationContext, debug: DebugLog): Value {
    const compiled = this.#compiled ?? this.#compileInTime();
    if (compiled === undefined) return this.#interpret(context, syncContext, debug);
    return compiled(context, hasAttributes(syncContext) ? syncContext : undefined, debug, this.flagKey);
  }

  #interpret(context: EvaluationContext, syncContext: EvaluationContext, debug: DebugLog): Value {
    const data = mergeContexts(context, syncContext, this.flagKey, secondsNow());
    return new Interpreter(operators, this.evaluators, debug).evaluate(this.rule, data as Value);
  }

  #compileInTime(): CompiledRule | undefined {
    if (this.#evaluationsToCompile === 0 || --this.#evaluationsToCompile > 0 || !codeGenerationIsAllowed) {
      return undefined;
    }
    try {
      this.#compiled = compile(this.rule, this.flagKey, this.evaluators, secondsNow);
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
