import type { EvaluationContext, JsonValue, ResolutionDetails } from '@openfeature/server-sdk';

/** That a flag was asked for, and what it answered. */
export interface TestEvaluation extends ResolutionDetails<JsonValue> {
  readonly flagKey: string;
  /** The attributes that it was asked with, merged by the SDK from all its levels. */
  readonly context: Readonly<EvaluationContext>;
}
