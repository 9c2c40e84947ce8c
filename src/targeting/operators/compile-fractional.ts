import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import { isDeepStrictEqual } from 'node:util';
import type { DebugLog } from '../debug-log';
import type { Emitter } from '../emitter';
import { argumentsOf, isLiteral, operatorOf } from '../rule';
import { toTextInList, type Value } from '../values';
import { chooseVariant, noKey, noVariant, prepareBuckets, variantAt, type Buckets } from './buckets';
import { hashState, murmurHash } from './murmur-hash';

/** Buckets that are known now are checked now, and the known beginning of the bucketing value is hashed. */
export function compileFractional(args: readonly JsonValue[], emit: Emitter): Code {
  const [first = null, ...others] = args.map((arg) => emit.resolved(arg) as JsonValue);
  const firstIsBucket = Array.isArray(first) && isLiteral(first);
  const values = firstIsBucket ? [first, ...others] : others;
  const buckets = values.every(isLiteral) ? prepareBuckets(values) : 'not known yet';
  const flagKey = emit.value({ var: '$flagd.flagKey' });
  const targetingKey = emit.value({ var: 'targetingKey' });
  if (!emit.isRoot || typeof buckets === 'string') {
    const subject = emit.code`{ flagKey: ${flagKey}, targetingKey: ${targetingKey} }`;
    return emit.code`${emit.constant(chooseVariant)}(${emit.list(args)}, ${subject}, debug)`;
  }
  const quick =
    firstIsBucket || first === null
      ? compileChoiceByUser(buckets, targetingKey, emit)
      : compileConcatenation(first, buckets, emit);
  if (quick !== undefined) return quick;
  const choose = (given: Value, ownKey: string, user: Value, debug: DebugLog) =>
    typeof given === 'string'
      ? variantAt(murmurHash(given), buckets)
      : chooseVariant([given, ...values], { flagKey: ownKey, targetingKey: user }, debug);
  return emit.code`${emit.constant(choose)}(${emit.value(firstIsBucket ? null : first)}, ${flagKey}, ${targetingKey}, debug)`;
}

/** Flag and user together, of which the flag is known. */
function compileChoiceByUser(buckets: Buckets, targetingKey: Code, emit: Emitter): Code | undefined {
  const state = hashState(emit.flagKey);
  if (state === undefined) return undefined;
  const choose = (user: Value, debug: DebugLog): Value =>
    typeof user === 'string' && user !== '' ? variantAt(murmurHash(user, state), buckets) : noVariant(noKey, debug);
  return emit.code`${emit.constant(choose)}(${targetingKey}, debug)`;
}

/** A bucketing value made by `cat`, usually of the flag key and an attribute. */
function compileConcatenation(first: JsonValue, buckets: Buckets, emit: Emitter): Code | undefined {
  if (typeof first !== 'object' || first === null || Array.isArray(first) || operatorOf(first) !== 'cat')
    return undefined;
  const parts = argumentsOf(first, 'cat').map((part) => emit.resolved(part) as JsonValue);
  const known: Value[] = [];
  for (const part of parts) {
    if (isDeepStrictEqual(part, { var: '$flagd.flagKey' })) known.push(emit.flagKey);
    else if (isLiteral(part)) known.push(part);
    else break;
  }
  const state = hashState(known.map(toTextInList).join(''));
  if (state === undefined) return undefined;
  const choose = (rest: string) => variantAt(murmurHash(rest, state), buckets);
  return emit.code`${emit.constant(choose)}(${emit.value({ cat: parts.slice(known.length) })})`;
}
