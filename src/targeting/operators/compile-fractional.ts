import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import { isDeepStrictEqual } from 'node:util';
import type { DebugLog } from '../debug-log';
import type { Emitter } from '../emitter';
import { argumentsOf, isLiteral, operatorOf } from '../rule';
import { toTextInList, type Value } from '../values';
import { chooseVariant, noKey, noVariant, prepareBuckets, variantAt, type Buckets } from './buckets';
import { hashState, murmurHash, type HashState } from './murmur-hash';

/** Buckets that are known now are checked now, and the known beginning of the bucketing value is hashed. */
export function compileFractional(args: readonly JsonValue[], emit: Emitter): Code {
  const [first = null, ...others] = args.map((arg) => emit.resolved(arg) as JsonValue);
  const firstIsBucket = Array.isArray(first) && isLiteral(first);
  const values = firstIsBucket ? [first, ...others] : others;
  const buckets = values.every(isLiteral) ? prepareBuckets(values) : 'not known yet';
  const state = hashState(emit.program.flagKey);
  const targetingKey = emit.value({ var: 'targetingKey' });
  if (!emit.isRoot || typeof buckets === 'string' || state === undefined) {
    const subject = emit.code`{ flagKey: ${emit.value({ var: '$flagd.flagKey' })}, targetingKey: ${targetingKey} }`;
    return emit.code`${emit.constant(chooseVariant)}(${emit.list(args)}, ${subject}, debug)`;
  }
  const byUser = choiceByUser(buckets, state);
  if (firstIsBucket || first === null) return emit.code`${emit.constant(byUser)}(${targetingKey}, debug)`;
  const byText = compileConcatenation(first, buckets, emit);
  if (byText !== undefined) return byText;
  const { flagKey } = emit.program;
  const choose = (given: Value, user: Value, debug: DebugLog) => {
    if (typeof given === 'string') return variantAt(murmurHash(given), buckets);
    if (given === null || given === undefined) return byUser(user, debug);
    return chooseVariant([given, ...values], { flagKey, targetingKey: user }, debug);
  };
  return emit.code`${emit.constant(choose)}(${emit.value(first)}, ${targetingKey}, debug)`;
}

function choiceByUser(buckets: Buckets, flagKey: HashState) {
  return (targetingKey: Value, debug: DebugLog): Value =>
    typeof targetingKey === 'string' && targetingKey !== ''
      ? variantAt(murmurHash(targetingKey, flagKey), buckets)
      : noVariant(noKey, debug);
}

/** A bucketing value made by `cat`, usually of the flag key and an attribute. */
function compileConcatenation(first: JsonValue, buckets: Buckets, emit: Emitter): Code | undefined {
  if (typeof first !== 'object' || first === null || Array.isArray(first) || operatorOf(first) !== 'cat')
    return undefined;
  const parts = argumentsOf(first, 'cat').map((part) => emit.resolved(part) as JsonValue);
  const known: Value[] = [];
  for (const part of parts) {
    if (isDeepStrictEqual(part, { var: '$flagd.flagKey' })) known.push(emit.program.flagKey);
    else if (isLiteral(part)) known.push(part);
    else break;
  }
  const state = hashState(known.map(toTextInList).join(''));
  if (state === undefined) return undefined;
  const choose = (rest: string) => variantAt(murmurHash(rest, state), buckets);
  return emit.code`${emit.constant(choose)}(${emit.value({ cat: parts.slice(known.length) })})`;
}
