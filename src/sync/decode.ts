import type { EvaluationContext } from '@openfeature/server-sdk';
import { SyncState } from '../../generated/sync/v1/sync_service_pb';
import type { SyncEvent } from '../flags/sync-event';
import { decodeStruct } from './struct';
import { eachField, wireType } from './wire';

const PING: number = SyncState.SYNC_STATE_PING;
const changes: ReadonlyMap<number, 'ALL' | 'ADD' | 'UPDATE' | 'DELETE'> = new Map([
  [SyncState.SYNC_STATE_ALL, 'ALL'],
  [SyncState.SYNC_STATE_ADD, 'ADD'],
  [SyncState.SYNC_STATE_UPDATE, 'UPDATE'],
  [SyncState.SYNC_STATE_DELETE, 'DELETE'],
]);

// By hand rather than through the generated classes, which would decode the text of the flag set into a string.

/** A SyncFlagsResponse of `flagd.sync.v1`. @throws Error if the bytes are none. */
export function decodeFlagdMessage(message: Uint8Array): SyncEvent {
  let flagSet = message.subarray(0, 0);
  let syncContext: EvaluationContext | undefined;
  eachField(message, (field) => {
    if (field.wireType !== wireType.delimited) return;
    if (field.number === 1) flagSet = field.bytes();
    if (field.number === 2) syncContext = decodeStruct(field.bytes());
  });
  return syncContext ? { type: 'ALL', flagSet, syncContext } : { type: 'ALL', flagSet };
}

/** A SyncFlagsResponse of `sync.v1`. @throws Error if the bytes are none. */
export function decodeFirstMessage(message: Uint8Array): SyncEvent {
  let flagSet = message.subarray(0, 0);
  let state: number = SyncState.SYNC_STATE_UNSPECIFIED;
  eachField(message, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) flagSet = field.bytes();
    if (field.number === 2 && field.wireType === wireType.varint) state = field.reader.readEnum();
  });
  const type = changes.get(state);
  if (type) return { type, flagSet };
  return state === PING ? { type: 'PING' } : { type: 'UNKNOWN', state };
}

/** The flag set of a FetchAllFlagsResponse, which is the same in both contracts. @throws Error if the bytes are none. */
export function decodeFetchedFlags(message: Uint8Array): Uint8Array {
  let flagSet = message.subarray(0, 0);
  eachField(message, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) flagSet = field.bytes();
  });
  return flagSet;
}

/** The attributes of a GetMetadataResponse. @throws Error if the bytes are none. */
export function decodeMetadata(message: Uint8Array): EvaluationContext {
  let metadata: EvaluationContext = {};
  eachField(message, (field) => {
    if (field.number === 2 && field.wireType === wireType.delimited) metadata = decodeStruct(field.bytes());
  });
  return metadata;
}
