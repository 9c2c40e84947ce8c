import type { SyncEvent } from '../flags/sync-event';
import type { SyncError } from './sync-error';

/** Who is told what a source of flags has to say. No call is made after `close()`. */
export interface SyncListener {
  /** A message of the server. Whatever it throws comes back through `onInvalidMessage`, and the source goes on. */
  onEvent(event: SyncEvent): void;
  /** A message came that cannot be decoded, or that `onEvent` refused. The source goes on, what was good stays. */
  onInvalidMessage(error: SyncError): void;
  /** The connection is lost or could not be made; attempts go on. Called once per loss, not once per attempt. */
  onDisconnected(error: SyncError): void;
  /** The first connection was refused with one of `fatalStatusCodes`; nothing more will come. */
  onFatal(error: SyncError): void;
}

/** Where flags come from: a gRPC stream or a file. */
export interface SyncSource {
  /** Begins; events come from then on. May be called again after `close()`. */
  open(): void;
  /** Ends everything it holds: streams, sockets, timers. Idempotent. */
  close(): void;
}
