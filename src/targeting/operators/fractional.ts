import type { JsonValue } from '@openfeature/server-sdk';
import { readPath } from '../attributes';
import type { DebugLog } from '../debug-log';
import type { Operator } from '../operator';
import { isLiteral } from '../rule';
import { toTextInList, type Value } from '../values';
import { prepareBuckets, variantOf, type Buckets } from './buckets';

/** Puts users into buckets by weight: `[bucketing value?, [variant, weight?], …]`. */
export const fractional: Operator = {
  interpret(args, data, interpreter) {
    const values = interpreter.evaluateAll(args, data);
    const flagKey = readPath(data, ['$flagd', 'flagKey']);
    return choose(values, flagKey, readPath(data, ['targetingKey']), interpreter.debug);
  },
  compile(args, emit) {
    const [first = null, ...others] = args.map((arg) => emit.resolved(arg) as JsonValue);
    const flagKey = emit.value({ var: '$flagd.flagKey' });
    const targetingKey = emit.value({ var: 'targetingKey' });
    if (!others.every(isLiteral)) {
      return emit.code`${emit.constant(choose)}(${emit.list(args)}, ${flagKey}, ${targetingKey}, debug)`;
    }
    const isBucket = Array.isArray(first) && isLiteral(first);
    const run = chooseFrom(isBucket ? [first, ...others] : others);
    return emit.code`${emit.constant(run)}(${emit.value(isBucket ? null : first)}, ${flagKey}, ${targetingKey}, debug)`;
  },
};

type Choice = (first: Value, flagKey: Value, targetingKey: Value, debug: DebugLog) => Value;

/** Buckets that are known when the rule is compiled, so that they are checked once. */
function chooseFrom(values: readonly Value[]): Choice {
  const buckets = prepareBuckets(values);
  return (first, flagKey, targetingKey, debug) => {
    if (Array.isArray(first)) return choose([first, ...values], flagKey, targetingKey, debug);
    return chooseBy(first, buckets, flagKey, targetingKey, debug);
  };
}

function choose(values: readonly Value[], flagKey: Value, targetingKey: Value, debug: DebugLog): Value {
  const [first, ...others] = values;
  return Array.isArray(first)
    ? chooseBy(null, prepareBuckets(values), flagKey, targetingKey, debug)
    : chooseBy(first, prepareBuckets(others), flagKey, targetingKey, debug);
}

function chooseBy(
  first: Value,
  buckets: Buckets | string,
  flagKey: Value,
  targetingKey: Value,
  debug: DebugLog,
): Value {
  const key = bucketingValue(first, flagKey, targetingKey);
  if (key !== undefined && typeof buckets !== 'string') return variantOf(key, buckets);
  debug(`fractional gives null: ${typeof buckets === 'string' ? buckets : 'there is no bucketing value'}`);
  return null;
}

/** A missing attribute counts as not given, and then flag and user together decide. */
export function bucketingValue(first: Value, flagKey: Value, targetingKey: Value): string | undefined {
  if (typeof first === 'string') return first;
  const isGiven = first !== null && first !== undefined;
  if (isGiven || typeof targetingKey !== 'string' || targetingKey === '') return undefined;
  return toTextInList(flagKey) + targetingKey;
}
