import type { EvaluationContext, FlagMetadata } from '@openfeature/server-sdk';
import type { BrokenFlag, Flag } from './flag';
import type { FlagEntry } from './flag-entry';
import type { Surroundings } from './parse-flag';
import { PersistentMap } from './persistent-map';
import type { SetText } from './set-text';

/** All flags as of one moment. Immutable: the next event makes another one. */
export interface Snapshot {
  readonly size: number;
  get(flagKey: string): Flag | BrokenFlag | undefined;
  /** Every flag, in no particular order. */
  values(): Iterable<Flag | BrokenFlag>;
  /** The flag set's own metadata. */
  readonly metadata: Readonly<FlagMetadata>;
  /** The server's attributes, already through `contextEnricher`; they win over the caller's. */
  readonly syncContext: Readonly<EvaluationContext>;
}

/** A snapshot with what the next event needs to know. */
export class FlagSnapshot implements Snapshot {
  static readonly empty = new FlagSnapshot(
    new PersistentMap(),
    { evaluators: new Map(), metadata: Object.freeze({}) },
    Object.freeze({}),
    undefined,
  );

  /** @param text what the flags were read from, if all of them were read from one text */
  constructor(
    readonly entries: PersistentMap<FlagEntry>,
    readonly surroundings: Surroundings,
    readonly syncContext: Readonly<EvaluationContext>,
    readonly text: SetText | undefined,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get metadata(): Readonly<FlagMetadata> {
    return this.surroundings.metadata;
  }

  get(flagKey: string): Flag | BrokenFlag | undefined {
    return this.entries.get(flagKey)?.flag;
  }

  values(): Iterable<Flag | BrokenFlag> {
    // not a generator: all flags at once are asked for in requests
    const flags = [];
    for (const entry of this.entries.values()) flags.push(entry.flag);
    return flags;
  }
}
