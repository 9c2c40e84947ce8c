import type {
  EvaluationContext,
  EvaluationDetails,
  FlagMetadata,
  JsonObject,
  JsonValue,
} from '@openfeature/server-sdk';
import type { BrokenFlag, Flag, FlagProblem } from '../flags/flag';
import type { Snapshot } from '../flags/snapshot';
import { copyJson, copyJsonMembers } from './copy-json';
import {
  isTargeted,
  resolveFailed,
  resolveNothing,
  resolveResult,
  resolveUntargeted,
  type TargetedFlag,
} from './resolve';

type Trace = ReturnType<TargetedFlag['targeting']['trace']>;

/** Why a flag gives what it gives. Plain data, ready for `JSON.stringify`. */
export interface Explanation {
  readonly flagKey: string;
  /** The flag as it is held; null if there is none. */
  readonly flag: ExplainedFlag | null;
  /** All that a rule can see: the caller's attributes, the server's over them, and `$flagd`. */
  readonly context: JsonObject;
  /** The operators of the rule at work; null if no rule was run. */
  readonly targeting: Pick<Trace, 'steps' | 'isComplete'> | null;
  /** The answer, with null for the default that a caller would give. */
  readonly resolution: EvaluationDetails<JsonValue>;
}

/** A flag, or what is known of a broken one. */
export interface ExplainedFlag {
  readonly state?: Flag['state'];
  readonly variants?: JsonObject;
  readonly defaultVariant?: string;
  readonly targeting?: JsonValue;
  readonly metadata: FlagMetadata;
  /** Why it cannot be evaluated. */
  readonly problem?: FlagProblem;
}

/** Evaluates a flag with all the detail that there is, and without haste. Writes to no log and never throws. */
export function explain(snapshot: Snapshot | undefined, flagKey: string, context: EvaluationContext): Explanation {
  const flag = snapshot?.get(flagKey);
  const syncContext = snapshot?.syncContext ?? {};
  const { trace, resolution } =
    flag === undefined
      ? { trace: undefined, resolution: resolveNothing(snapshot, flagKey, null) }
      : run(flag, context, syncContext);
  return {
    flagKey,
    flag: flag === undefined ? null : describe(flag),
    context: trace?.context ?? mergedContext(context, syncContext, flagKey),
    targeting: trace === undefined ? null : { steps: trace.steps, isComplete: trace.isComplete },
    resolution: {
      ...resolution,
      flagKey,
      flagMetadata: { ...resolution.flagMetadata },
      value: copyJson(resolution.value),
    },
  };
}

function run(flag: Flag | BrokenFlag, context: EvaluationContext, syncContext: EvaluationContext) {
  if (!isTargeted(flag)) return { resolution: resolveUntargeted(flag, null) };
  try {
    const trace = flag.targeting.trace(context, syncContext);
    return { trace, resolution: resolveResult(flag, trace.result, null) };
  } catch (error) {
    return { resolution: resolveFailed(flag, error, null) };
  }
}

function describe(flag: Flag | BrokenFlag): ExplainedFlag {
  const metadata = { ...flag.metadata };
  if (flag.problem !== undefined) return { metadata, problem: { ...flag.problem } };
  const { state, variants, defaultVariant, targeting } = flag;
  return {
    state,
    variants: copyJsonMembers(Object.fromEntries(variants)),
    ...(defaultVariant === undefined ? {} : { defaultVariant }),
    ...(targeting === undefined ? {} : { targeting: copyJson(targeting.rule) }),
    metadata,
    ...(targeting?.problem === undefined
      ? {}
      : { problem: { ...targeting.problem, pointer: `/targeting${targeting.problem.pointer}` } }),
  };
}

/** What a rule of the flag would see, if it had one. */
function mergedContext(context: EvaluationContext, syncContext: EvaluationContext, flagKey: string): JsonObject {
  const $flagd = { flagKey, timestamp: Math.floor(Date.now() / 1000) };
  return { ...copyJsonMembers(context), ...copyJsonMembers(syncContext), $flagd };
}
