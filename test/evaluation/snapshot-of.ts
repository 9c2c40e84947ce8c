import type { EvaluationContext, FlagMetadata, JsonValue } from '@openfeature/server-sdk';
import type { BrokenFlag, Flag } from '../../src/flags/flag';
import type { Snapshot } from '../../src/flags/snapshot';
import { Targeting } from '../../src/targeting/targeting';

/** What a test has to say of a flag; the rest is an enabled flag without targeting. */
export interface FlagSketch {
  readonly state?: 'ENABLED' | 'DISABLED';
  readonly variants?: Readonly<Record<string, JsonValue>>;
  readonly defaultVariant?: string;
  readonly targeting?: JsonValue;
  readonly metadata?: FlagMetadata;
}

export interface SetSketch {
  readonly flags?: Readonly<Record<string, FlagSketch>>;
  readonly broken?: Readonly<Record<string, { readonly pointer: string; readonly message: string }>>;
  readonly evaluators?: Readonly<Record<string, JsonValue>>;
  readonly metadata?: FlagMetadata;
  readonly syncContext?: EvaluationContext;
}

/** A snapshot made by hand. */
export function snapshotOf({
  flags = {},
  broken = {},
  evaluators = {},
  metadata = {},
  syncContext = {},
}: SetSketch): Snapshot {
  const named = new Map(Object.entries(evaluators));
  const all = new Map<string, Flag | BrokenFlag>();
  for (const [key, sketch] of Object.entries(flags)) {
    const { state = 'ENABLED', variants = { on: true, off: false }, defaultVariant, targeting } = sketch;
    all.set(key, {
      key,
      state,
      variants: new Map(Object.entries(variants)),
      defaultVariant,
      targeting: targeting === undefined ? undefined : new Targeting(targeting, key, named),
      metadata: { ...metadata, ...sketch.metadata },
    });
  }
  for (const [key, problem] of Object.entries(broken)) all.set(key, { key, metadata, problem });
  return {
    size: all.size,
    get: (key) => all.get(key),
    values: () => all.values(),
    metadata,
    syncContext,
  };
}
