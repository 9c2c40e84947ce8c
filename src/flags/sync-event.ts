import type { EvaluationContext } from '@openfeature/server-sdk';

/**
 * What a flag management system said, free of any transport. The names are those of `sync.v1`'s SyncState; a message
 * of `flagd.sync.v1` is always ALL.
 */
export type SyncEvent = AllEvent | ChangeEvent | PingEvent | UnknownEvent;

/** The flag set becomes exactly this one. */
export interface AllEvent {
  readonly type: 'ALL';
  /** A flag set as JSON text in UTF-8; as bytes, so that whoever compares it with the previous one need not decode it. */
  readonly flagSet: Uint8Array;
  /** Attributes to merge into every evaluation; absent if the server said nothing of them, and then they stay. */
  readonly syncContext?: EvaluationContext;
}

/** These flags are put in, replaced, or taken out; the others stay. */
export interface ChangeEvent {
  readonly type: 'ADD' | 'UPDATE' | 'DELETE';
  /** A flag set as JSON text in UTF-8. */
  readonly flagSet: Uint8Array;
}

/** Proof of life; changes nothing. */
export interface PingEvent {
  readonly type: 'PING';
}

/** SYNC_STATE_UNSPECIFIED or a number of a later contract; changes nothing. */
export interface UnknownEvent {
  readonly type: 'UNKNOWN';
  readonly state: number;
}
