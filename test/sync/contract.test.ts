import { expect } from 'chai';
import fc from 'fast-check';
import { FlagSyncServiceService as FlagdService } from '../../generated/flagd/sync/v1/sync_grpc_pb';
import * as flagd from '../../generated/flagd/sync/v1/sync_pb';
import { FlagSyncServiceService as FirstService } from '../../generated/sync/v1/sync_service_grpc_pb';
import * as first from '../../generated/sync/v1/sync_service_pb';
import { contract, otherContract } from '../../src/sync/contract';

/** The generated classes of requests with a provider's id and a selector. */
type RequestClass = new () => {
  setProviderId(id: string): unknown;
  setSelector(selector: string): unknown;
  serializeBinary(): Uint8Array;
};

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('x'.repeat(300)));
const requester = fc.record({ providerId: text, selector: text }, { requiredKeys: [] });

const services = {
  'flagd.sync.v1': { service: FlagdService, requests: [flagd.SyncFlagsRequest, flagd.FetchAllFlagsRequest] },
  'sync.v1': { service: FirstService, requests: [first.SyncFlagsRequest, first.FetchAllFlagsRequest] },
} as const;

for (const name of ['flagd.sync.v1', 'sync.v1'] as const) {
  describe(`the contract ${name}`, () => {
    const spoken = contract(name);

    it('has the paths of the generated service', () => {
      const { service } = services[name];
      expect(spoken.syncFlags({}).path).to.equal(service.syncFlags.path);
      expect(spoken.fetchAllFlags({}).path).to.equal(service.fetchAllFlags.path);
      expect(spoken.getMetadata?.().path).to.equal('getMetadata' in service ? service.getMetadata.path : undefined);
    });

    it('writes requests as the generated classes do', () => {
      const [SyncFlags, FetchAllFlags] = services[name].requests;
      const written = (Request: RequestClass, { providerId = '', selector = '' }) => {
        const request = new Request();
        request.setProviderId(providerId);
        request.setSelector(selector);
        return Buffer.from(request.serializeBinary());
      };
      fc.assert(
        fc.property(requester, (asked) => {
          expect(spoken.syncFlags(asked).request).to.deep.equal(written(SyncFlags, asked));
          expect(spoken.fetchAllFlags(asked).request).to.deep.equal(written(FetchAllFlags, asked));
        }),
      );
      const nothing = Buffer.from(new flagd.GetMetadataRequest().serializeBinary());
      if (spoken.getMetadata) expect(spoken.getMetadata().request).to.deep.equal(nothing);
    });

    it('has the other one beside it', () => {
      expect(spoken.name).to.equal(name);
      expect(otherContract(spoken).name).not.to.equal(name);
    });
  });
}
