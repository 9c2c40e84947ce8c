import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { problemsOf } from '../flags/check-flag';
import type { FlagProblem } from '../flags/flag';
import { isObject } from '../flags/json';
import type { Evaluators } from '../targeting/rule';

/** Of more problems in one flag nobody reads. */
const mostProblems = 100;

/**
 * Every problem of a flag. The provider's own check ends at the first one, which is enough to refuse the flag; here that is
 * repaired in a copy, and the check asked again.
 */
export function everyProblem(key: string, json: JsonValue, evaluators: Evaluators): readonly FlagProblem[] {
  const found = new Map<string, FlagProblem>();
  const copy = structuredClone(json);
  while (found.size < mostProblems) {
    const fresh = problemsOf(key, copy, evaluators).filter(({ pointer }) => !found.has(pointer));
    if (fresh.length === 0) break;
    for (const problem of fresh) {
      found.set(problem.pointer, problem);
      if (isObject(copy)) repair(copy, problem.pointer);
    }
  }
  return [...found.values()];
}

function repair(flag: JsonObject, pointer: string): void {
  const [member = '', ...steps] = pointer.split('/').slice(1).map(unescape);
  if (member === 'state') flag.state = 'ENABLED';
  else if (member === 'defaultVariant') delete flag.defaultVariant;
  else if (member === 'variants' && steps.length === 0) {
    flag.variants = { any: true };
    delete flag.defaultVariant;
  } else if (member === 'variants') set(flag.variants, steps[0] ?? '', true);
  else if (member === 'targeting') flag.targeting = without(flag.targeting ?? null, steps);
}

/** The rule with null in the place of what is there; of an operator, in the place of the whole operation. */
function without(rule: JsonValue, steps: readonly string[]): JsonValue {
  const [step, ...others] = steps;
  if (step === undefined || typeof rule !== 'object' || rule === null) return null;
  if (others.length === 0 && isObject(rule) && Object.keys(rule).length === 1) return null;
  const member = Object.entries(rule).find(([name]) => name === step)?.[1];
  set(rule, step, without(member ?? null, others));
  return rule;
}

/** Also where the name is `__proto__`. */
function set(object: JsonValue | undefined, name: string, value: JsonValue): void {
  if (typeof object !== 'object' || object === null) return;
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
