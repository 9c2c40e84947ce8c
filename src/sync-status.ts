import type { FlagMetadata } from '@openfeature/server-sdk';
import type { SourceStatus } from './sync/sync-listener';

/** How a provider stands: what `provider.syncStatus()` returns. Can be written as JSON, and holds no secret. */
export interface SyncStatus {
  /** What OpenFeature is told. STALE: the flags may be out of date. ERROR: for longer than `retryGracePeriod`. */
  readonly status: 'NOT_READY' | 'READY' | 'STALE' | 'ERROR' | 'FATAL';
  /** How many flags are held. */
  readonly flagCount: number;
  /** The flag set's own metadata, where servers put its version. */
  readonly flagSetMetadata: Readonly<FlagMetadata>;
  /** Where the flags come from, and how that goes; absent before `initialize()` and after `onClose()`. */
  readonly source?: SourceStatus;
}
