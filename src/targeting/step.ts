import type { JsonObject, JsonValue } from '@openfeature/server-sdk';

/** How a rule comes to its result. Plain data, but for the result, which may hold what the context does. */
export interface Trace {
  /** All that the rule could see. */
  readonly context: JsonObject;
  readonly result: JsonValue;
  /** The outermost operator, with all others in it; none if the rule is a constant. */
  readonly steps: readonly Step[];
  /** False if there were more steps than are worth keeping. */
  readonly isComplete: boolean;
}

/** One operator at work. Plain data: what is not JSON is null, such as a result that is not a finite number. */
export interface Step {
  /** Its name; `$ref` for a reference, whose only step is the evaluator's. */
  readonly operator: string;
  /** The evaluator, if it is a reference. */
  readonly evaluator?: string;
  /** The element that a scope (`map`, `filter`, …) is at, or `current` and `accumulator`; else the context is seen. */
  readonly scope?: JsonValue;
  readonly arguments: readonly Argument[];
  readonly result: JsonValue;
  /** What it wrote to the debug log, and what else there is to say. */
  readonly notes?: readonly string[];
  readonly fractional?: FractionalTrace;
  /** The operators in its arguments and scopes, in the order of evaluation. */
  readonly steps: readonly Step[];
}

/** The value of an argument, or that it was not needed: the other branch of an `if`, or the body of a scope. */
export type Argument = { readonly value: JsonValue } | { readonly skipped: true };

/** How a `fractional` came to its variant. */
export interface FractionalTrace {
  /** Null if there is none. */
  readonly bucketingValue: string | null;
  /** MurmurHash3 of the bucketing value, unsigned. */
  readonly hash: number | null;
  /** Where the hash falls in the sum of the weights: from 0 up to, and not including, `totalWeight`. */
  readonly bucket: number | null;
  readonly totalWeight: number | null;
  /** The buckets in their order, each from a number up to, and not including, another. */
  readonly ranges: readonly { readonly variant: JsonValue; readonly from: number; readonly to: number }[];
}
