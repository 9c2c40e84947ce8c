import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import type { GrpcSyncOptions } from '../../src/config/options';
import { endOfCall } from '../../src/sync/failure';
import { testOptions } from '../support/options';

/** As grpc-js frames what it was told. */
const framed = (details: string) => `No connection established. Last error: ${details}. Resolution note: `;

describe('endOfCall', () => {
  const table: [status, string, string, GrpcSyncOptions?][] = [
    [status.OK, 'OK', 'a:1: the server ended the stream'],
    [
      status.UNAVAILABLE,
      framed('Error: connect ECONNREFUSED 10.0.0.1:1 (2026-01-02T03:04:05.678Z)'),
      'a:1: nothing listens there (connect ECONNREFUSED 10.0.0.1:1)',
    ],
    [
      status.UNAVAILABLE,
      framed('connect EHOSTUNREACH 10.0.0.1:1'),
      'a:1: it cannot be reached (connect EHOSTUNREACH 10.0.0.1:1)',
    ],
    [
      status.UNAVAILABLE,
      framed('connect ENOENT /run/sync.sock'),
      '/run/sync.sock: there is no such socket (connect ENOENT /run/sync.sock)',
      { socketPath: '/run/sync.sock' },
    ],
    [
      status.UNAVAILABLE,
      'Name resolution failed for target dns:a:1',
      'dns:///a:1: the name cannot be resolved (Name resolution failed for target dns:a:1)',
      { targetUri: 'dns:///a:1' },
    ],
    [status.UNAVAILABLE, 'Connection dropped', 'a:1: UNAVAILABLE (Connection dropped)'],
    [status.INTERNAL, 'two\n  lines', 'a:1: INTERNAL (two lines)'],
    [status.INTERNAL, '', 'a:1: INTERNAL'],
    [JSON.parse('99') as status, 'odd', 'a:1: status 99 (odd)'],
    [
      status.PERMISSION_DENIED,
      'go away',
      'a:1: the server refused this client with PERMISSION_DENIED; no token was sent (go away)',
    ],
    [
      status.RESOURCE_EXHAUSTED,
      'Received message larger than max (2 vs 1)',
      'a:1: a message is larger than maxMessageBytes (Received message larger than max (2 vs 1))',
    ],
  ];
  for (const [code, details, expected, options] of table) {
    it(`says: ${expected}`, () => {
      expect(endOfCall({ code, details }, testOptions({ host: 'a', port: 1, ...options })).message).to.equal(expected);
    });
  }

  it('says the same of the same failure at another time', () => {
    const at = (time: string) => endOfCall({ code: status.UNAVAILABLE, details: framed(`x (${time})`) }, testOptions());
    expect(at('2026-01-02T03:04:05.678Z').message).to.equal(at('2026-01-02T03:04:09.999Z').message);
  });

  it('cuts short what is endless', () => {
    const error = endOfCall({ code: status.INTERNAL, details: 'x'.repeat(100_000) }, testOptions());
    expect(error.message).to.have.length.below(600);
  });
});
