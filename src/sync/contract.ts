import type { SyncEvent } from '../flags/sync-event';
import { decodeFlagdMessage, decodeFirstMessage } from './decode';
import { encodeTexts } from './wire';

export type ContractName = 'flagd.sync.v1' | 'sync.v1';

/** What a client says of itself in a request. */
export interface Requester {
  readonly providerId?: string;
  readonly selector?: string;
}

/** A remote procedure and the encoded request to call it with. */
export interface RemoteCall {
  readonly path: string;
  readonly request: Buffer;
}

/** One of the two sync contracts: which procedures it has, and what its messages mean. */
export interface Contract {
  readonly name: ContractName;
  syncFlags(requester: Requester): RemoteCall;
  fetchAllFlags(requester: Requester): RemoteCall;
  /** Absent where the contract has no such procedure. */
  getMetadata?(): RemoteCall;
  /** @throws Error if the bytes are no message of this contract. */
  decode(message: Uint8Array): SyncEvent;
}

const contracts: Readonly<Record<ContractName, Contract>> = {
  'flagd.sync.v1': {
    name: 'flagd.sync.v1',
    syncFlags: (requester) => ({ path: '/flagd.sync.v1.FlagSyncService/SyncFlags', request: encode(requester) }),
    fetchAllFlags: (requester) => ({
      path: '/flagd.sync.v1.FlagSyncService/FetchAllFlags',
      request: encode(requester),
    }),
    getMetadata: () => ({ path: '/flagd.sync.v1.FlagSyncService/GetMetadata', request: encodeTexts({}) }),
    decode: decodeFlagdMessage,
  },
  'sync.v1': {
    name: 'sync.v1',
    syncFlags: (requester) => ({ path: '/sync.v1.FlagSyncService/SyncFlags', request: encode(requester) }),
    fetchAllFlags: (requester) => ({ path: '/sync.v1.FlagSyncService/FetchAllFlags', request: encode(requester) }),
    decode: decodeFirstMessage,
  },
};

export function contract(name: ContractName): Contract {
  return contracts[name];
}

export function otherContract({ name }: Contract): Contract {
  return contracts[name === 'sync.v1' ? 'flagd.sync.v1' : 'sync.v1'];
}

/** SyncFlagsRequest and FetchAllFlagsRequest, which are alike in both contracts. */
function encode({ providerId, selector }: Requester): Buffer {
  return encodeTexts({ 1: providerId, 2: selector });
}
