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
  if (snapshot === undefined) {
    return failure(defaultValue, undefined, ErrorCode.PROVIDER_NOT_READY, 'No flags have arrived yet.');
  }
  const flag = snapshot.get(flagKey);
  if (flag === undefined) {
    return failure(defaultValue, snapshot.metadata, ErrorCode.FLAG_NOT_FOUND, `There is no flag "${flagKey}".`);
  }
  const details = resolveFlag(flag, defaultValue, context, snapshot.syncContext, debug);
  if (details.variant !== undefined && typeof details.value !== type) {
    const message = `Flag "${flagKey}" is a ${typeof details.value}; asked for was a ${type}.`;
    return failure(defaultValue, flag.metadata, ErrorCode.TYPE_MISMATCH, message);
  }
  return details as ResolutionDetails<T>;
}

/** A flag's answer, of whatever type; with a variant if it is the flag's own, else the caller's default. */
export function resolveFlag<T extends FlagValue>(
  flag: Flag | BrokenFlag,
  defaultValue: T,
  context: EvaluationContext,
  syncContext: EvaluationContext,
  debug: DebugLog,
): ResolutionDetails<JsonValue | T> {
  const { metadata } = flag;
  if (flag.problem !== undefined) {
    const { pointer, message } = flag.problem;
    return failure(
      defaultValue,
      metadata,
      ErrorCode.PARSE_ERROR,
      `Flag "${flag.key}" is broken: ${pointer} ${message}.`,
    );
  }
  if (flag.state === 'DISABLED') return { value: defaultValue, reason: DISABLED, flagMetadata: metadata };
  const { targeting } = flag;
  if (targeting === undefined) return defaultOf(flag, defaultValue, STATIC);
  const { problem } = targeting;
  if (problem !== undefined) {
    const message = `The targeting of flag "${flag.key}" is broken: /targeting${problem.pointer} ${problem.message}.`;
    return failure(defaultValue, metadata, ErrorCode.PARSE_ERROR, message);
  }
  let result;
  try {
    result = targeting.evaluate(context, syncContext, debug);
  } catch (error) {
    const message = `The targeting of flag "${flag.key}" failed: ${String(error)}`;
    return failure(defaultValue, metadata, ErrorCode.GENERAL, message);
  }
  if (result === null) return defaultOf(flag, defaultValue, DEFAULT);
  if (typeof result === 'object') {
    const message = `The targeting of flag "${flag.key}" gives a list or an object; expected a variant's name.`;
    return failure(defaultValue, metadata, ErrorCode.GENERAL, message);
  }
  const variant = typeof result === 'string' ? result : String(result);
  const value = flag.variants.get(variant);
  if (value === undefined) {
    const message = `The targeting of flag "${flag.key}" names the variant "${variant}", which it does not have.`;
    return failure(defaultValue, metadata, ErrorCode.GENERAL, message);
  }
  return { value, variant, reason: TARGETING_MATCH, flagMetadata: metadata };
}

function defaultOf<T extends FlagValue>(
  flag: Flag,
  defaultValue: T,
  reason: typeof STATIC | typeof DEFAULT,
): ResolutionDetails<JsonValue | T> {
  const { metadata, defaultVariant } = flag;
  if (defaultVariant === undefined) return { value: defaultValue, reason: DEFAULT, flagMetadata: metadata };
  const value = flag.variants.get(defaultVariant) as JsonValue;
  return { value, variant: defaultVariant, reason, flagMetadata: metadata };
}

function failure<T>(
  value: T,
  flagMetadata: Readonly<FlagMetadata> | undefined,
  errorCode: ErrorCode,
  errorMessage: string,
): ResolutionDetails<T> {
  return flagMetadata === undefined
    ? { value, reason: ERROR, errorCode, errorMessage }
    : { value, reason: ERROR, errorCode, errorMessage, flagMetadata };
}
