import type { ResolvedOptions } from '../config/options';
import { Connection } from './connection';
import { FileSource } from './file-source';
import type { SyncListener, SyncSource } from './sync-listener';

/** The source of flags that the options ask for. */
export function createSyncSource(options: ResolvedOptions, listener: SyncListener): SyncSource {
  const { offlineFlagSourcePath } = options;
  return offlineFlagSourcePath === undefined
    ? new Connection(options, listener)
    : new FileSource(offlineFlagSourcePath, options, listener);
}
