import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { hasRule } from '../flags/check-flag';
import { isObject, pointerTo } from '../flags/json';
import { parseFlagSet } from '../flags/parse-flag-set';
import type { Evaluators } from '../targeting/rule';
import { checkOperations } from './check-operations';
import { checkReach } from './check-reach';
import { everyProblem } from './every-problem';
import { error, warning, type Finding } from './finding';
import { similarName } from './similar-name';

/** All that is wrong in a flag set, or can hardly be meant. What breaks a flag is judged by the provider's own parts. */
export function checkFlagSet(document: JsonValue): readonly Finding[] {
  const set = parseFlagSet(Buffer.from(JSON.stringify(document)));
  const { evaluators, problems } = set;
  const flags = [...set.entriesIn(set)].flatMap(({ key, json, place }) =>
    checkFlag(key, json, evaluators).map((finding) => ({ ...finding, pointer: place + finding.pointer })),
  );
  return [
    ...misspelt(document, ['flags', '$evaluators', 'metadata', '$schema']),
    ...problems.map(({ pointer, message }) => asFinding(pointer, message)),
    ...flags,
    ...checkEvaluators(document, evaluators),
  ];
}

function checkFlag(key: string, json: JsonValue, evaluators: Evaluators): readonly Finding[] {
  const problems = everyProblem(key, json, evaluators);
  const findings = problems.map(({ pointer, message }) => asFinding(pointer, message));
  if (!isObject(json)) return findings;
  const { variants, targeting } = json;
  findings.push(...misspelt(json, ['key', 'state', 'variants', 'defaultVariant', 'targeting', 'metadata']));
  if (isObject(variants)) findings.push(...checkTypes(variants));
  if (!hasRule(targeting)) return findings;
  findings.push(...checkOperations(targeting, '/targeting'));
  // what a broken rule would give is idle to ask
  if (!problems.some(({ pointer }) => /^\/(targeting|variants)/.test(pointer))) {
    findings.push(...checkReach(json, targeting, evaluators));
  }
  return findings;
}

/** Metadata that cannot be used costs no flag its answer. */
function asFinding(pointer: string, message: string): Finding {
  return /^(\/flags\/[^/]*)?\/metadata/.test(pointer) ? warning(pointer, message) : error(pointer, message);
}

/** A caller asks for one type, and gets TYPE_MISMATCH from variants of another. */
function checkTypes(variants: JsonObject): readonly Finding[] {
  const [first, ...others] = Object.entries(variants).filter(([, value]) => value !== null && !Array.isArray(value));
  if (first === undefined) return [];
  const [firstName, firstValue] = first;
  return others
    .filter(([, value]) => typeof value !== typeof firstValue)
    .map(([name, value]) =>
      error(
        pointerTo('/variants', name),
        `is a ${typeof value}; expected a ${typeof firstValue}, as ${JSON.stringify(firstName)} is: a flag has one type`,
      ),
    );
}

function checkEvaluators(document: JsonValue, evaluators: Evaluators): readonly Finding[] {
  const used = new Set(referencesIn(isObject(document) ? document.flags : undefined));
  return [...evaluators].flatMap(([name, rule]) => {
    const pointer = pointerTo('/$evaluators', name);
    const nested = [...referencesIn(rule)].map((other) =>
      error(pointer, `refers to ${JSON.stringify(other)}; references in named rules are not followed`),
    );
    const problems =
      nested.length > 0
        ? nested
        : everyProblem(name, { ...anyFlag, targeting: rule }, new Map()).map((problem) =>
            error(pointer + problem.pointer.replace(/^\/targeting/, ''), problem.message),
          );
    const idle = used.has(name) ? [] : [warning(pointer, 'is a named rule that no flag refers to')];
    return [...problems, ...idle, ...checkOperations(rule, pointer)];
  });
}

const anyFlag: JsonObject = { state: 'ENABLED', variants: { on: true } };

function* referencesIn(value: JsonValue | undefined): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    const referred = Array.isArray(member) ? member[0] : member;
    if (name === '$ref' && typeof referred === 'string') yield referred;
    else yield* referencesIn(member);
  }
}

function misspelt(json: JsonValue, known: readonly string[]): readonly Finding[] {
  if (!isObject(json)) return [];
  return Object.keys(json).flatMap((name) => {
    const similar = known.includes(name) ? undefined : similarName(name, known);
    if (similar === undefined) return [];
    return [warning(pointerTo('', name), `is a member that nobody reads; "${similar}" may be meant`)];
  });
}
