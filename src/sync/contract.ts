import { FlagSyncServiceService as FlagdService } from '../../generated/flagd/sync/v1/sync_grpc_pb';
import * as flagd from '../../generated/flagd/sync/v1/sync_pb';
import { FlagSyncServiceService as FirstService } from '../../generated/sync/v1/sync_service_grpc_pb';
import * as first from '../../generated/sync/v1/sync_service_pb';
import type { SyncEvent } from '../flags/sync-event';
import { decodeFlagdMessage, decodeFirstMessage } from './decode';

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
    syncFlags: (requester) => ({
      path: FlagdService.syncFlags.path,
      request: encode(new flagd.SyncFlagsRequest(), requester),
    }),
    fetchAllFlags: (requester) => ({
      path: FlagdService.fetchAllFlags.path,
      request: encode(new flagd.FetchAllFlagsRequest(), requester),
    }),
    getMetadata: () => ({
      path: FlagdService.getMetadata.path,
      request: Buffer.from(new flagd.GetMetadataRequest().serializeBinary()),
    }),
    decode: decodeFlagdMessage,
  },
  'sync.v1': {
    name: 'sync.v1',
    syncFlags: (requester) => ({
      path: FirstService.syncFlags.path,
      request: encode(new first.SyncFlagsRequest(), requester),
    }),
    fetchAllFlags: (requester) => ({
      path: FirstService.fetchAllFlags.path,
      request: encode(new first.FetchAllFlagsRequest(), requester),
    }),
    decode: decodeFirstMessage,
  },
};

export function contract(name: ContractName): Contract {
  return contracts[name];
}

export function otherContract({ name }: Contract): Contract {
  return contracts[name === 'sync.v1' ? 'flagd.sync.v1' : 'sync.v1'];
}

interface RequestMessage {
  setProviderId(value: string): unknown;
  setSelector(value: string): unknown;
  serializeBinary(): Uint8Array;
}

function encode(message: RequestMessage, { providerId, selector }: Requester): Buffer {
  if (providerId !== undefined) message.setProviderId(providerId);
  if (selector !== undefined) message.setSelector(selector);
  return Buffer.from(message.serializeBinary());
}
