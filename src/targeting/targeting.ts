import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';

/** The named rules of a flag set (`$evaluators`). */
export type Evaluators = ReadonlyMap<string, JsonValue>;

/** Why a rule cannot be run, and where: `pointer` is relative to the rule. */
export interface RuleProblem {
  readonly pointer: string;
  readonly message: string;
}

/** Where `log` and the operators' hints write, at debug level. */
export type DebugLog = (message: string) => void;

/** A flag's targeting rule, compiled when it is first evaluated. */
export class Targeting {
  constructor(
    readonly rule: JsonValue,
    readonly flagKey: string,
    readonly evaluators: Evaluators,
  ) {}

  /** An unknown operator, a missing `$ref`, a rule that is too deep: checked on the whole rule, before any evaluation. */
  get problem(): RuleProblem | undefined {
    throw new Error('not yet');
  }

  /** Whether both answer alike for every context: the same rule once references are resolved. */
  equals(_other: Targeting): boolean {
    throw new Error('not yet');
  }

  /** What the rule gives for a context. Never throws on account of a context value. */
  evaluate(_context: EvaluationContext, _syncContext: EvaluationContext, _debug: DebugLog): JsonValue {
    throw new Error('not yet');
  }
}
