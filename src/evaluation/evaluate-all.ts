import type { EvaluationContext, EvaluationDetails, JsonValue } from '@openfeature/server-sdk';
import type { Snapshot } from '../flags/snapshot';
import { resolveFlag, type DebugLog } from './resolve';

/** The answers of all flags, by flag key. */
export type AllDetails = Record<string, EvaluationDetails<JsonValue>>;

/**
 * The answers of all flags for one context, ready for `JSON.stringify`. A flag without an answer of its own, such as a
 * disabled one, is there with its reason and the value null. Never throws.
 *
 * @param snapshot undefined before the first flags have arrived, and then there are none
 */
export function evaluateAll(snapshot: Snapshot | undefined, context: EvaluationContext, debug: DebugLog): AllDetails {
  if (snapshot === undefined) return {};
  // V8 fills an object without a prototype eight times as fast, and `__proto__` is a key of it like any other
  const all = Object.create(null) as AllDetails;
  for (const flag of snapshot.values()) {
    // of an object made for this call, so that the flag key is added and nothing copied
    const details = resolveFlag(flag, null, context, snapshot.syncContext, debug) as EvaluationDetails<JsonValue>;
    details.flagKey = flag.key;
    all[flag.key] = details;
  }
  return Object.setPrototypeOf(all, Object.prototype) as AllDetails;
}
