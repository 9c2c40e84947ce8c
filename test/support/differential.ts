import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { allRules, contexts, jsonLogicRules } from './random-rules';
import { ask, interpret, print, runCompiled } from './rule-runs';

/** Where two ways to run a rule gave different answers. */
export interface Difference {
  readonly rule: JsonValue;
  readonly context: JsonObject;
  readonly says: string;
}

export interface Outcome {
  readonly runs: number;
  /** How often JsonLogic's own program threw, so that there was nothing to compare with. */
  readonly oracleThrew: number;
  /** The smallest that was found, if any. */
  readonly difference: Difference | undefined;
}

/** A way to run a rule. */
type Form = (rule: JsonValue, context: JsonObject, fromServer: ReadonlySet<string>) => unknown;

interface Plan {
  readonly runs: number;
  readonly seed: number;
}

/** Compares both forms of rules of jsonlogic.com's operators with JsonLogic's own program. */
export function compareWithOracle(plan: Plan, forms: readonly Form[] = [interpret, runCompiled]): Outcome {
  let oracleThrew = 0;
  const outcome = search(plan, jsonLogicRules, (rule, context, fromServer) => {
    const expected = ask(rule, context);
    if (expected === 'throws') oracleThrew++;
    for (const run of forms) {
      const value = run(rule, context, fromServer);
      if (expected !== 'throws' && !same(value, expected.value)) {
        return `${print(value)} by ${run.name} instead of ${print(expected.value)}`;
      }
    }
    return undefined;
  });
  return { ...outcome, oracleThrew };
}

/** Compares the compiled form of rules of all operators with the interpreted one. */
export function compareBothForms(plan: Plan): Outcome {
  const outcome = search(plan, allRules, (rule, context, fromServer) => {
    const [interpreted, compiled] = [interpret(rule, context), runCompiled(rule, context, fromServer)];
    if (same(interpreted, compiled)) return undefined;
    return `${print(compiled)} compiled, ${print(interpreted)} interpreted`;
  });
  return { ...outcome, oracleThrew: 0 };
}

type Compare = (rule: JsonValue, context: JsonObject, fromServer: ReadonlySet<string>) => string | undefined;

function search({ runs, seed }: Plan, rules: fc.Arbitrary<JsonValue>, compare: Compare): Omit<Outcome, 'oracleThrew'> {
  // the server's attributes are one in so many of the context's
  const share = fc.constantFrom(Infinity, 2, 1);
  const run = (rule: JsonValue, context: JsonObject, every: number) => {
    const fromServer = new Set(Object.keys(context).filter((_, index) => index % every === every - 1));
    return compare(rule, context, fromServer);
  };
  const property = fc.property(rules, contexts, share, (...input) => run(...input) === undefined);
  const details = fc.check(property, { numRuns: runs, seed });
  if (!details.failed) return { runs: details.numRuns, difference: undefined };
  if (details.counterexample === null) throw new Error('The search was interrupted.');
  const [rule, context, every] = details.counterexample;
  const says = run(rule, context, every) ?? 'now this, now that';
  return { runs: details.numRuns, difference: { rule, context, says } };
}

/** Deeply, and knowing -0 from 0; but not the prototypes that tell our objects from the oracle's. */
function same(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(plain(left), plain(right));
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
