import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { LogicEngine, type Method } from 'json-logic-engine';
import { mergeContexts } from './attributes';
import { checkRule } from './check-rule';
import { compileAttribute } from './compile-attribute';
import { attributeMethod, Emitter, generate, ruleMethod, type Program } from './emitter';
import type { DebugLog } from './debug-log';
import { operators } from './operators';
import { referredRule } from './references';
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
  flagKey: string,
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

/** Rules that many flags have, such as "for staff only", are compiled once, as long as their text is short. */
const sharedRules = new Map<string, CompiledRule>();
const largestSharedRule = 200;

/** Flag sets come and go; the rules of those that went should not stay forever. */
const mostSharedRules = 1_000;

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
  const { sourceCount, size } = checkRule(rule, evaluators);
  if (sourceCount > largestSource) return undefined;
  const sharesCode = sourceCount <= largestSharedSource;
  const text = sharesCode && size <= largestSharedRule ? textOf(rule, evaluators) : undefined;
  const known = text === undefined ? undefined : sharedRules.get(text);
  if (known !== undefined) return known;
  const needs = { needsWholeContext: false, needsTimestamp: false, isForOneFlag: false };
  const program: Program = { operators, evaluators, flagKey, sharesCode, ...needs };
  const run = generate({ [ruleMethod]: rule }, engine, program, true) as GeneratedRule;
  if (program.needsWholeContext) {
    return (context, syncContext, debug) => {
      const timestamp = now();
      return run(mergeContexts(context, syncContext, flagKey, timestamp), undefined, debug, flagKey, timestamp);
    };
  }
  if (program.needsTimestamp) return (context, syncContext, debug) => run(context, syncContext, debug, flagKey, now());
  if (text !== undefined && !program.isForOneFlag) share(text, run);
  return run;
}

function share(text: string, run: CompiledRule): void {
  if (sharedRules.size >= mostSharedRules) sharedRules.clear();
  sharedRules.set(text, run);
}

/** The text of a rule with references resolved; undefined if it does not tell the rule from another one. */
function textOf(rule: JsonValue, evaluators: Evaluators): string | undefined {
  const negativeZeros: unknown[] = [];
  const text = JSON.stringify(rule, (_, part: JsonValue) => {
    if (Object.is(part, -0)) negativeZeros.push(part);
    return referredRule(part, evaluators) ?? part;
  });
  return negativeZeros.length === 0 ? text : undefined;
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
