import type { ResolvedOptions } from '../config/options';
import { Connection } from './connection';
import type { SyncListener, SyncSource } from './sync-listener';

/** The source of flags that the options ask for. */
export function createSyncSource(options: ResolvedOptions, listener: SyncListener): SyncSource {
  return new Connection(options, listener);
}
