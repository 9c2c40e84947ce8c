import type { EvaluationContext, FlagMetadata } from '@openfeature/server-sdk';
import type { BrokenFlag, Flag } from './flag';

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
