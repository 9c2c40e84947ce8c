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
  /** How things stand, as a plain object that can be written as JSON. */
  status(): SourceStatus;
}

/** Times are ISO 8601. Nothing in here is a secret. */
export interface SourceStatus {
  /**
   * - `closed`: not opened, or closed
   * - `connecting`: an attempt is under way
   * - `waiting`: the last attempt failed, the next one comes after a delay
   * - `live`: flags arrive
   * - `renewing`: flags arrive, and the next stream is being opened before this one ends
   * - `refused`: the first connection ended with one of `fatalStatusCodes`; there is no other attempt
   */
  readonly state: 'closed' | 'connecting' | 'waiting' | 'live' | 'renewing' | 'refused';
  /** Where the options say that flags come from. */
  readonly target: string;
  readonly protocol?: 'flagd.sync.v1' | 'sync.v1' | 'file';
  /** The server's address, while there is a connection. */
  readonly address?: string;
  /** Connections that came after the first, planned renewals among them. */
  readonly reconnects: number;
  readonly lastMessage?: {
    readonly at: string;
    readonly type: SyncEvent['type'];
    /** Length of its flag set as JSON text. */
    readonly bytes: number;
  };
  readonly lastError?: {
    readonly at: string;
    readonly message: string;
    /** Name of the gRPC status, for example `UNAVAILABLE`. */
    readonly code?: string;
  };
}
