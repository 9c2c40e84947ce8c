import { expect } from 'chai';
import type { GrpcSyncOptions } from '../../src/config/options';
import { target } from '../../src/sync/target';
import { testOptions } from '../support/options';

describe('target', () => {
  const table: [GrpcSyncOptions, ReturnType<typeof target>][] = [
    [{ host: 'flags.internal', port: 9000 }, { uri: 'dns:flags.internal:9000' }],
    [
      { host: '::1', port: 9000 },
      { uri: 'dns:[::1]:9000', ip: '::1' },
    ],
    [{ socketPath: '/run/sync.sock' }, { uri: 'unix:/run/sync.sock' }],
    [{ targetUri: 'dns:///flags:8015' }, { uri: 'dns:///flags:8015' }],
    [{ targetUri: 'ipv4:10.0.0.1:8015,10.0.0.2:8015' }, { uri: 'ipv4:10.0.0.1:8015,10.0.0.2:8015', ip: '10.0.0.1' }],
    [
      { host: '10.0.0.1', port: 9000 },
      { uri: 'dns:10.0.0.1:9000', ip: '10.0.0.1' },
    ],
    [{ targetUri: 'dns:///10.0.0.1' }, { uri: 'dns:///10.0.0.1', ip: '10.0.0.1' }],
    [{ targetUri: 'ipv6:[::1]:8015' }, { uri: 'ipv6:[::1]:8015', ip: '::1' }],
    [
      { host: 'a', port: 1, defaultAuthority: '10.0.0.1:443' },
      { uri: 'dns:a:1', authority: '10.0.0.1:443', ip: '10.0.0.1' },
    ],
    [{ targetUri: 'envoy://proxy:9211/flags.service' }, { uri: 'dns:proxy:9211', authority: 'flags.service' }],
    [
      { host: 'a', port: 1, defaultAuthority: 'b' },
      { uri: 'dns:a:1', authority: 'b' },
    ],
    [
      { targetUri: 'envoy://proxy:9211/flags.service', defaultAuthority: 'b' },
      { uri: 'dns:proxy:9211', authority: 'b' },
    ],
  ];
  for (const [options, expected] of table) {
    it(`of ${JSON.stringify(options)} is ${expected.uri}`, () => {
      expect(target(testOptions(options))).to.deep.equal(expected);
    });
  }
});
