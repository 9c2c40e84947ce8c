import type { EvaluationContext, FlagMetadata } from '@openfeature/server-sdk';
import type { Evaluators } from '../targeting/targeting';
import type { BrokenFlag, Flag } from './flag';
import { PersistentMap } from './persistent-map';

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
  static readonly empty = new FlagSnapshot(new PersistentMap(), new Map(), Object.freeze({}), Object.freeze({}));

  constructor(
    readonly flags: PersistentMap<Flag | BrokenFlag>,
    readonly evaluators: Evaluators,
    readonly metadata: Readonly<FlagMetadata>,
    readonly syncContext: Readonly<EvaluationContext>,
  ) {}

  get size(): number {
    return this.flags.size;
  }

  get(flagKey: string): Flag | BrokenFlag | undefined {
    return this.flags.get(flagKey);
  }

  values(): Iterable<Flag | BrokenFlag> {
    return this.flags.values();
  }
}
