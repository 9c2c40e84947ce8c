import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { LogicEngine, type Method } from 'json-logic-engine';
import { mergeContexts } from './attributes';
import { checkRule } from './check-rule';
import { compileAttribute } from './compile-attribute';
import { attributeMethod, Emitter, generate, ruleMethod } from './emitter';
import type { DebugLog } from './debug-log';
import { operators } from './operators';
import { toArguments, type Evaluators } from './rule';
import type { Value } from './values';

/**
 * A rule as a function that was generated for it.
 *
 * @param syncContext undefined if it has no attributes
 */
export type CompiledRule = (
  context: EvaluationContext,
  syncContext: EvaluationContext | undefined,
  debug: DebugLog,
) => Value;

/** As the engine generates it: with the time in seconds, if the rule reads it. */
type GeneratedRule = (...args: [...Parameters<CompiledRule>, timestamp?: number]) => Value;

const engine = createEngine();

/** A rule of more operators and arguments stays interpreted: to compile it would block the event loop for too long. */
const largestSource = 1_500;

/**
 * In a large flag set most rules are short and alike. If these have the same source text, V8 compiles and optimizes it
 * once for all of them. Longer rules are seldom alike, and a bit faster with their constants in the text.
 */
const largestSharedSource = 30;

/**
 * Generates a function for a rule that has passed the check; undefined if it is too large for that.
 *
 * @param now Unix seconds
 * @throws {EvalError} where code generation is not allowed
 */
export function compile(
  rule: JsonValue,
  flagKey: string,
  evaluators: Evaluators,
  now: () => number,
): CompiledRule | undefined {
  const { sourceCount } = checkRule(rule, evaluators);
  if (sourceCount > largestSource) return undefined;
  const sharesCode = sourceCount <= largestSharedSource;
  const program = { operators, evaluators, flagKey, sharesCode, needsWholeContext: false, needsTimestamp: false };
  const run = generate({ [ruleMethod]: rule }, engine, program, true) as GeneratedRule;
  if (program.needsWholeContext) {
    return (context, syncContext, debug) => {
      const timestamp = now();
      return run(mergeContexts(context, syncContext, flagKey, timestamp), undefined, debug, timestamp);
    };
  }
  return program.needsTimestamp ? (context, syncContext, debug) => run(context, syncContext, debug, now()) : run;
}

/** json-logic-engine with our operators for its own: each writes its source text itself, none is run while compiling. */
function createEngine(): LogicEngine {
  const methods: Record<string, Method> = {};
  for (const [name, operator] of Object.entries(operators)) {
    methods[name] = method((args, state) => operator.compile(toArguments(args as JsonValue), new Emitter(state)));
  }
  methods[ruleMethod] = method((rule, state) => new Emitter(state).value(rule as JsonValue | undefined));
  methods[attributeMethod] = method((path, state) => compileAttribute(path as readonly string[], new Emitter(state)));
  const engine = new LogicEngine(methods);
  // else `constructor` and its like would be operators
  Object.setPrototypeOf(engine.methods, null);
  return engine;
}

function method(compile: Method['compile']): Method {
  return { lazy: true, deterministic: false, method: neverRun, compile };
}

function neverRun(): never {
  throw new Error('The engine compiles rules and does not run them.');
}
