import type { EvaluationContext } from '@openfeature/server-sdk';
import { Struct, type JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb';
import { FlagSyncServiceService } from '../../generated/flagd/sync/v1/sync_grpc_pb';
import { FetchAllFlagsResponse, GetMetadataResponse, SyncFlagsResponse } from '../../generated/flagd/sync/v1/sync_pb';
import { encode, respondingInBytes, type Contract } from './contract';
import type { FlagSet } from './flag-set';
import { changesBetween } from './flag-set-changes';
import { memoize } from './memoize';

/** The current contract: every message is the whole flag set, with the context values beside it. */
export function flagdSyncV1(contextValues: EvaluationContext): Contract {
  // by way of JSON, so that a date becomes its text, and what JSON does not know is left out
  const context = Struct.fromJavaScript(JSON.parse(JSON.stringify(contextValues)) as Record<string, JavaScriptValue>);
  const metadata = encode(new GetMetadataResponse().setMetadata(context));
  const message = memoize(({ json }: FlagSet) =>
    encode(new SyncFlagsResponse().setFlagConfiguration(json).setSyncContext(context)),
  );
  return {
    name: 'flagd.sync.v1',
    definition: respondingInBytes(FlagSyncServiceService),
    updates: (from, to) => (from && changesBetween(from, to).length === 0 ? [] : [message(to)]),
    whole: ({ json }) => encode(new FetchAllFlagsResponse().setFlagConfiguration(json)),
    others: { getMetadata: (_call, respond) => respond(null, metadata) },
  };
}
