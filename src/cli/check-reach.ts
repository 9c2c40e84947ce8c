import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { pointerTo } from '../flags/json';
import type { Evaluators } from '../targeting/rule';
import { error, warning, type Finding } from './finding';
import { outcomesOf } from './outcomes';

/** Compares what a rule can give with the variants that there are. */
export function checkReach(flag: JsonObject, rule: JsonValue, evaluators: Evaluators): readonly Finding[] {
  const names = Object.keys(flag.variants as JsonObject);
  const { outcomes, isOpen } = outcomesOf(rule, '/targeting', evaluators);
  const findings = new Map<string, Finding>();
  const reached = new Set([flag.defaultVariant]);
  for (const { value, pointer } of outcomes) {
    if (value === null) continue;
    const isName = typeof value !== 'object';
    const expected = `expected one of ${names.map((name) => JSON.stringify(name)).join(', ')}`;
    if (!isName) findings.set(pointer, error(pointer, `gives a list or an object; ${expected}`));
    else if (names.includes(String(value))) reached.add(String(value));
    else {
      const message = `can give ${JSON.stringify(value)}, and the flag has no such variant; ${expected}`;
      if (!findings.has(pointer)) findings.set(pointer, error(pointer, message));
    }
  }
  const unreachable = isOpen ? [] : names.filter((name) => !reached.has(name));
  return [
    ...findings.values(),
    ...unreachable.map((name) =>
      warning(
        pointerTo('/variants', name),
        'is a variant that nobody gets: neither the default, nor what the targeting can name',
      ),
    ),
  ];
}
