import { isDeepStrictEqual } from 'node:util';
import type { BrokenFlag, Flag } from './flag';

/** Whether both answer alike: the same state, variants, default, targeting and metadata. */
export function sameFlag(left: Flag | BrokenFlag, right: Flag | BrokenFlag): boolean {
  if (!isDeepStrictEqual(left.metadata, right.metadata)) return false;
  if (left.problem || right.problem) return left.problem?.message === right.problem?.message;
  return (
    left.state === right.state &&
    left.defaultVariant === right.defaultVariant &&
    isDeepStrictEqual(left.variants, right.variants) &&
    (left.targeting && right.targeting ? left.targeting.equals(right.targeting) : left.targeting === right.targeting)
  );
}
