import {
  ErrorCode,
  StandardResolutionReasons,
  type EvaluationContext,
  type FlagMetadata,
  type FlagValue,
  type FlagValueType,
  type JsonValue,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import type { BrokenFlag, Flag } from '../flags/flag';
import type { Snapshot } from '../flags/snapshot';

/** The type that a caller asks for. */
export type FlagType = FlagValueType;

/** Where `log` and the operators' hints write, at debug level. */
export type DebugLog = (message: string) => void;

const { STATIC, DEFAULT, TARGETING_MATCH, DISABLED, ERROR } = StandardResolutionReasons;
const { FLAG_NOT_FOUND, GENERAL, PARSE_ERROR, PROVIDER_NOT_READY, TYPE_MISMATCH } = ErrorCode;

/**
 * A flag's answer for a context. Never throws. A value that is an object is frozen.
 *
 * @param snapshot undefined before the first flags have arrived
 * @param type the type asked for; a flag of another type answers with TYPE_MISMATCH
 */
export function resolve<T extends FlagValue>(
  snapshot: Snapshot | undefined,
  flagKey: string,
  type: FlagType,
  defaultValue: T,
  context: EvaluationContext,
  debug: DebugLog,
): ResolutionDetails<T> {
  const flag = snapshot?.get(flagKey);
  if (flag === undefined) return resolveNothing(snapshot, flagKey, defaultValue);
  const details = resolveFlag(flag, defaultValue, context, snapshot?.syncContext ?? {}, debug);
  if (details.variant !== undefined && typeof details.value !== type) {
    const message = `Flag "${flagKey}" is a ${typeof details.value}; asked for was a ${type}.`;
    return failure(defaultValue, flag.metadata, TYPE_MISMATCH, message);
  }
  return details as ResolutionDetails<T>;
}

/** The answer where there is no such flag, or there are no flags yet. */
export function resolveNothing<T>(
  snapshot: Snapshot | undefined,
  flagKey: string,
  defaultValue: T,
): ResolutionDetails<T> {
  return snapshot === undefined
    ? { value: defaultValue, reason: ERROR, errorCode: PROVIDER_NOT_READY, errorMessage: 'No flags have arrived yet.' }
    : failure(defaultValue, snapshot.metadata, FLAG_NOT_FOUND, `There is no flag "${flagKey}".`);
}

/** A flag's answer, of whatever type; with a variant if it is the flag's own, else the caller's default. */
export function resolveFlag<T extends FlagValue>(
  flag: Flag | BrokenFlag,
  defaultValue: T,
  context: EvaluationContext,
  syncContext: EvaluationContext,
  debug: DebugLog,
): ResolutionDetails<JsonValue | T> {
  if (!isTargeted(flag)) return resolveUntargeted(flag, defaultValue);
  let result;
  try {
    result = flag.targeting.evaluate(context, syncContext, debug);
  } catch (error) {
    return resolveFailed(flag, error, defaultValue);
  }
  return resolveResult(flag, result, defaultValue);
}

/** A flag whose answer depends on a rule that can be run. */
export type TargetedFlag = Flag & { readonly targeting: NonNullable<Flag['targeting']> };

export function isTargeted(flag: Flag | BrokenFlag): flag is TargetedFlag {
  return (
    flag.problem === undefined &&
    flag.state === 'ENABLED' &&
    flag.targeting !== undefined &&
    flag.targeting.problem === undefined
  );
}

/** The answer of a flag whose rule is not run, for there is none, or it is not to be run or cannot be. */
export function resolveUntargeted<T>(flag: Flag | BrokenFlag, defaultValue: T): ResolutionDetails<JsonValue | T> {
  const { key, metadata } = flag;
  if (flag.problem !== undefined) {
    const { pointer, message } = flag.problem;
    return failure(defaultValue, metadata, PARSE_ERROR, `Flag "${key}" is broken: ${pointer} ${message}.`);
  }
  if (flag.state === 'DISABLED') return { value: defaultValue, reason: DISABLED, flagMetadata: metadata };
  const problem = flag.targeting?.problem;
  if (problem !== undefined) {
    const where = `/targeting${problem.pointer}`;
    return failure(defaultValue, metadata, PARSE_ERROR, `Flag "${key}" is broken: ${where} ${problem.message}.`);
  }
  return resolveDefault(flag, defaultValue, STATIC);
}

/** The answer of a flag whose rule gives this result. */
export function resolveResult<T>(flag: Flag, result: JsonValue, defaultValue: T): ResolutionDetails<JsonValue | T> {
  if (result === null) return resolveDefault(flag, defaultValue, DEFAULT);
  const { key, metadata } = flag;
  if (typeof result === 'object') {
    const message = `The targeting of flag "${key}" gives a list or an object; expected the name of a variant.`;
    return failure(defaultValue, metadata, GENERAL, message);
  }
  const variant = typeof result === 'string' ? result : String(result);
  const value = flag.variants.get(variant);
  if (value === undefined) {
    const message = `The targeting of flag "${key}" names the variant "${variant}", which there is not.`;
    return failure(defaultValue, metadata, GENERAL, message);
  }
  return { value, variant, reason: TARGETING_MATCH, flagMetadata: metadata };
}

/** The answer of a flag whose rule threw, which only a logger can make it do. */
export function resolveFailed<T>(flag: Flag, error: unknown, defaultValue: T): ResolutionDetails<T> {
  return failure(defaultValue, flag.metadata, GENERAL, `The targeting of flag "${flag.key}" failed: ${print(error)}`);
}

function resolveDefault<T>(
  { defaultVariant, variants, metadata }: Flag,
  defaultValue: T,
  reason: typeof STATIC | typeof DEFAULT,
): ResolutionDetails<JsonValue | T> {
  if (defaultVariant === undefined) return { value: defaultValue, reason: DEFAULT, flagMetadata: metadata };
  const value = variants.get(defaultVariant) as JsonValue;
  return { value, variant: defaultVariant, reason, flagMetadata: metadata };
}

function print(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be printed';
  }
}

function failure<T>(
  value: T,
  flagMetadata: Readonly<FlagMetadata>,
  errorCode: ErrorCode,
  errorMessage: string,
): ResolutionDetails<T> {
  return { value, reason: ERROR, errorCode, errorMessage, flagMetadata };
}
