import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import jsonLogic, { type RulesLogic } from 'json-logic-js';
import { mergeContexts } from '../../src/targeting/attributes';
import { compile } from '../../src/targeting/compile';
import { Interpreter } from '../../src/targeting/interpreter';
import { operators } from '../../src/targeting/operators';
import type { Value } from '../../src/targeting/values';

export const flagKey = 'new-checkout';
export const timestamp = 1_700_000_000;

const noEvaluators = new Map<string, JsonValue>();
const silent = () => undefined;

// the oracle prints, and that is all that its `log` does beyond being its argument
jsonLogic.add_operation('log', (value: unknown) => value);

/** What JsonLogic's own program says, or that it throws. */
export function ask(rule: JsonValue, context: JsonObject): { readonly value: unknown } | 'throws' {
  try {
    return { value: jsonLogic.apply(rule as RulesLogic, { ...context, $flagd: { flagKey, timestamp } }) as unknown };
  } catch {
    return 'throws';
  }
}

export function interpret(rule: JsonValue, context: JsonObject): Value {
  const data = mergeContexts(context, undefined, flagKey, timestamp);
  return new Interpreter(operators, noEvaluators, silent).evaluate(rule, data as Value);
}

/** @param fromServer names of attributes that are the server's, and not the caller's */
export function runCompiled(rule: JsonValue, context: JsonObject, fromServer: ReadonlySet<string> = new Set()): Value {
  const run = compile(rule, flagKey, noEvaluators, () => timestamp);
  if (run === undefined) throw new Error('The rule is too large to be compiled.');
  const isServers = ([name]: [string, JsonValue]) => fromServer.has(name);
  const servers = Object.fromEntries(Object.entries(context).filter(isServers));
  const callers = Object.fromEntries(Object.entries(context).filter((entry) => !isServers(entry)));
  return run(callers, fromServer.size === 0 ? undefined : servers, silent, flagKey);
}

export function print(value: unknown): string {
  return Object.is(value, -0)
    ? '-0'
    : value === undefined || typeof value === 'number'
      ? String(value)
      : JSON.stringify(value);
}
