import type { DebugLog } from '../debug-log';
import { toPlainJson } from '../plain-json';
import type { FractionalTrace } from '../step';
import { toTextInList, type Value } from '../values';
import { murmurHash } from './murmur-hash';

/** The buckets of a `fractional`, checked. */
export interface Buckets {
  readonly variants: readonly Value[];
  /** Where each bucket ends: its weight and all before it, together. */
  readonly ends: readonly number[];
  readonly total: number;
}

/** Who is put into a bucket where the rule gives no bucketing value. */
export interface Subject {
  readonly flagKey: Value;
  readonly targetingKey: Value;
}

/** The largest sum of weights that every implementation can count. */
const largestTotal = 2_147_483_647;

/** @returns why they cannot be used, if so */
export function prepareBuckets(values: readonly Value[]): Buckets | string {
  const variants: Value[] = [];
  const ends: number[] = [];
  let total = 0;
  for (const [index, bucket] of values.entries()) {
    const name = `bucket ${index + 1}`;
    if (!Array.isArray(bucket)) return `${name} is not a list of a variant and its weight`;
    if (bucket.length < 1 || bucket.length > 2) return `${name} has ${bucket.length} elements; expected 1 or 2`;
    const [variant = null, weight = 1] = bucket;
    if (typeof variant === 'object' && variant !== null) return `the variant of ${name} is a list or an object`;
    if (!Number.isInteger(weight)) return `the weight of ${name} is not an integer`;
    total += Math.max(0, weight as number);
    if (total > largestTotal) return `the sum of the weights is above ${largestTotal}`;
    variants.push(variant);
    ends.push(total);
  }
  return total === 0 ? 'the sum of the weights is 0' : { variants, ends, total };
}

/** The bucketing value and the buckets among the arguments of a `fractional`. */
export function splitArguments(
  values: readonly Value[],
  { flagKey, targetingKey }: Subject,
): { readonly key: string | undefined; readonly buckets: Buckets | string } {
  const [first, ...others] = values;
  const buckets = prepareBuckets(Array.isArray(first) ? values : others);
  if (typeof first === 'string') return { key: first, buckets };
  // a missing attribute counts as not given, and then flag and user together decide
  const isGiven = first !== null && first !== undefined && !Array.isArray(first);
  const hasUser = typeof targetingKey === 'string' && targetingKey !== '';
  return { key: isGiven || !hasUser ? undefined : toTextInList(flagKey) + targetingKey, buckets };
}

/** The variant for the arguments of a `fractional`, or null and the reason at debug level. */
export function chooseVariant(values: readonly Value[], subject: Subject, debug: DebugLog): Value {
  const { key, buckets } = splitArguments(values, subject);
  if (typeof buckets === 'string') return noVariant(buckets, debug);
  return key === undefined ? noVariant(noKey, debug) : variantAt(murmurHash(key), buckets);
}

export const noKey = 'there is no bucketing value';

export function noVariant(reason: string, debug: DebugLog): null {
  debug(`fractional gives null: ${reason}`);
  return null;
}

/** The variant of the bucket that a hash falls into. */
export function variantAt(hash: number, { variants, ends, total }: Buckets): Value {
  const at = position(hash, total);
  let index = 0;
  while ((ends[index] ?? Infinity) <= at) index++;
  return variants[index];
}

/** How a `fractional` comes to its variant. */
export function traceFractional(values: readonly Value[], subject: Subject): FractionalTrace {
  const { key, buckets } = splitArguments(values, subject);
  const hash = key === undefined ? null : murmurHash(key);
  const none = { bucketingValue: key ?? null, hash, bucket: null, totalWeight: null, ranges: [] };
  if (typeof buckets === 'string') return none;
  const ranges = buckets.variants.map((variant, index) => ({
    variant: toPlainJson(variant),
    from: buckets.ends[index - 1] ?? 0,
    to: buckets.ends[index] ?? 0,
  }));
  return { ...none, bucket: hash === null ? null : position(hash, buckets.total), totalWeight: buckets.total, ranges };
}

/** Where in the sum of all weights a hash falls: (hash × total) >> 32, exactly. */
export function position(hash: number, total: number): number {
  // a product of 63 bits, from two that a number can hold
  const high = hash * (total >>> 16);
  const low = hash * (total & 0xffff);
  return Math.floor((high + Math.floor(low / 0x10000)) / 0x10000);
}
