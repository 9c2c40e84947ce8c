import type { JsonValue } from '@openfeature/server-sdk';
import { isObject, pointerTo } from '../flags/json';
import { parseVersion } from '../targeting/operators/version';
import { operatorOf, toArguments } from '../targeting/rule';
import { error, warning, type Finding } from './finding';

type Check = (args: readonly JsonValue[], pointer: string) => readonly Finding[];

/** What can be told of an operation without a context: that it gives null for everyone, or not what it says. */
const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['fractional', checkFractional],
  ['sem_ver', checkSemVer],
  ['starts_with', checkTextTest],
  ['ends_with', checkTextTest],
]);

/** Looks at every operation of a rule. */
export function checkOperations(rule: JsonValue, pointer: string): readonly Finding[] {
  if (typeof rule !== 'object' || rule === null) return [];
  if (Array.isArray(rule)) return rule.flatMap((item, index) => checkOperations(item, pointerTo(pointer, index)));
  const operator = operatorOf(rule);
  if (operator === undefined) return [];
  const inside = pointerTo(pointer, operator);
  const findings = checks.get(operator)?.(toArguments(rule[operator] as JsonValue), inside) ?? [];
  return [...findings, ...checkOperations(rule[operator] as JsonValue, inside)];
}

const largestTotal = 2_147_483_647;
const noOne = 'so that the result is null for everyone';

function checkFractional(args: readonly JsonValue[], pointer: string): readonly Finding[] {
  const [first] = args;
  const offset = Array.isArray(first) ? 0 : 1;
  const buckets = args.slice(offset);
  if (buckets.length === 0) return [error(pointer, `has no bucket, ${noOne}; expected [variant, weight], …`)];
  const findings: Finding[] = [];
  if (typeof first === 'string') {
    findings.push(warning(pointerTo(pointer, 0), 'is the same bucketing value for everyone: all get one variant'));
  } else if (offset === 1 && first !== null && !isObject(first)) {
    findings.push(error(pointerTo(pointer, 0), `is no bucketing value, ${noOne}; expected a text or a bucket`));
  }
  const seen = new Set<JsonValue>();
  let total = 0;
  let mayBeZero = true;
  for (const [index, bucket] of buckets.entries()) {
    const place = pointerTo(pointer, index + offset);
    if (!Array.isArray(bucket) || bucket.length < 1 || bucket.length > 2) {
      mayBeZero = false;
      findings.push(error(place, `is no bucket, ${noOne}; expected [variant] or [variant, weight]`));
      continue;
    }
    const [variant = null, weight = 1] = bucket;
    if (seen.has(variant)) findings.push(warning(place, `is a second bucket for ${JSON.stringify(variant)}`));
    if (typeof variant !== 'object') seen.add(variant);
    if (isObject(weight)) mayBeZero = false;
    else if (typeof weight !== 'number' || !Number.isInteger(weight)) {
      mayBeZero = false;
      const found = JSON.stringify(weight);
      findings.push(error(pointerTo(place, 1), `is the weight ${found}, ${noOne}; expected a whole number`));
    } else if (weight < 0) {
      findings.push(error(pointerTo(place, 1), `is the weight ${weight}, which counts as 0; expected 0 or more`));
    } else total += weight;
  }
  if (mayBeZero && total === 0) findings.push(error(pointer, `has weights with the sum 0, ${noOne}`));
  if (total > largestTotal) {
    findings.push(error(pointer, `has weights with the sum ${total}, ${noOne}; expected at most ${largestTotal}`));
  }
  return findings;
}

const versionOperators = ['=', '!=', '<', '<=', '>', '>=', '^', '~'];

function checkSemVer(args: readonly JsonValue[], pointer: string): readonly Finding[] {
  const [left, operator, right] = args;
  if (args.length !== 3) {
    return [error(pointer, `has ${args.length} arguments, ${noOne}; expected [version, operator, version]`)];
  }
  const findings: Finding[] = [];
  if (!isObject(operator) && !versionOperators.includes(operator as string)) {
    const found = JSON.stringify(operator);
    findings.push(error(pointerTo(pointer, 1), `is ${found}, ${noOne}; expected one of ${versionOperators.join(' ')}`));
  }
  [left, undefined, right].forEach((version, index) => {
    if (version === undefined || isObject(version) || parseVersion(version) !== undefined) return;
    const found = JSON.stringify(version);
    findings.push(error(pointerTo(pointer, index), `is ${found}, ${noOne}; expected a version such as "1.2.3"`));
  });
  return findings;
}

function checkTextTest(args: readonly JsonValue[], pointer: string): readonly Finding[] {
  if (args.length !== 2) return [error(pointer, `has ${args.length} arguments, ${noOne}; expected two texts`)];
  return args.flatMap((arg, index) =>
    isObject(arg) || typeof arg === 'string'
      ? []
      : [error(pointerTo(pointer, index), `is ${JSON.stringify(arg)}, ${noOne}; expected a text`)],
  );
}
