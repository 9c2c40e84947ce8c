import type { EvaluationContext } from '@openfeature/server-sdk';
import type { SyncEvent } from '../flags/sync-event';
import { decodeStruct } from './struct';
import { eachField, wireType } from './wire';

/** The values of the enum `SyncState`; any other means nothing to this client. */
const types: ReadonlyMap<number, Exclude<SyncEvent['type'], 'UNKNOWN'>> = new Map([
  [1, 'ALL'],
  [2, 'ADD'],
  [3, 'UPDATE'],
  [4, 'DELETE'],
  [5, 'PING'],
]);

// The text of the flag set stays bytes: nobody needs it as a string.

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
  let state = 0;
  eachField(message, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) flagSet = field.bytes();
    if (field.number === 2 && field.wireType === wireType.varint) state = field.enum();
  });
  const type = types.get(state);
  if (type === undefined) return { type: 'UNKNOWN', state };
  return type === 'PING' ? { type } : { type, flagSet };
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
