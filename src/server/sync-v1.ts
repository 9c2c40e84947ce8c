import { FlagSyncServiceService } from '../../generated/sync/v1/sync_service_grpc_pb';
import { FetchAllFlagsResponse, SyncFlagsResponse, SyncState } from '../../generated/sync/v1/sync_service_pb';
import { encode, respondingInBytes, type Contract } from './contract';
import { becoming, changesBetween, type Change } from './flag-set-changes';
import { memoize } from './memoize';

const message = memoize(({ state, flagSet }: Change) =>
  encode(new SyncFlagsResponse().setFlagConfiguration(flagSet.json).setState(SyncState[`SYNC_STATE_${state}`])),
);

/** The first contract: the whole flag set, and then events with what has changed. */
export const syncV1: Contract = {
  name: 'sync.v1',
  definition: respondingInBytes(FlagSyncServiceService),
  updates: (from, to) => (from ? changesBetween(from, to) : [becoming(to)]).map(message),
  whole: ({ json }) => encode(new FetchAllFlagsResponse().setFlagConfiguration(json)),
};
