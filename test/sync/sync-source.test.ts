import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrpcSyncOptions } from '../../src/config/options';
import type { SyncSource } from '../../src/sync/sync-listener';
import { createSyncSource } from '../../src/sync/sync-source';
import { silent, testOptions } from '../support/options';
import { Recorder } from '../support/recorder';
import {
  fetchedFlags,
  metadataAnswer,
  ScriptedServer,
  SYNC_STATE_ADD,
  SYNC_STATE_DELETE,
  SYNC_STATE_PING,
  SYNC_STATE_UPDATE,
} from '../support/scripted-server';
import type { ScriptedServerOptions } from '../support/scripted-server';

describe('createSyncSource', () => {
  let server: ScriptedServer;
  let source: SyncSource | undefined;
  let recorder: Recorder;

  async function setUp(options: GrpcSyncOptions = {}, serverOptions: ScriptedServerOptions = {}) {
    server = await ScriptedServer.start(serverOptions);
    recorder = new Recorder();
    source = createSyncSource(testOptions({ port: server.port, ...options }), recorder);
    source.open();
  }

  afterEach(() => {
    source?.close();
    server.stop();
  });

  it('receives whole sets of flagd.sync.v1, and changes of them', async () => {
    await setUp();
    const stream = await server.nextStream();
    expect(stream.contract).to.equal('flagd.sync.v1');
    stream.sendAll('{"flags":{}}', {});
    await recorder.until(({ events }) => events.length === 1);
    stream.sendAll('{"flags":{"a":1}}');
    await recorder.until(({ events }) => events.length === 2);
    expect(recorder.said).to.deep.equal(['ALL {"flags":{}}', 'ALL {"flags":{"a":1}}']);
  });

  it('sends selector, provider id and headers', async () => {
    await setUp({ selector: 'flagSetId=checkout', providerId: 'app-1', headers: { 'x-team': 'blue' } });
    const stream = await server.nextStream();
    expect(stream.request).to.deep.equal({ providerId: 'app-1', selector: 'flagSetId=checkout' });
    expect(stream.metadata.get('flagd-selector')).to.deep.equal(['flagSetId=checkout']);
    expect(stream.metadata.get('x-team')).to.deep.equal(['blue']);
    expect(stream.metadata.get('authorization')).to.deep.equal([]);
  });

  it('receives over a Unix socket', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'sync-'));
    const socketPath = join(folder, 'flags.sock');
    try {
      await setUp({ socketPath }, { address: `unix:${socketPath}` });
      (await server.nextStream()).sendAll('{}', {});
      await recorder.until(({ events }) => events.length === 1);
    } finally {
      source?.close();
      server.stop();
      await rm(folder, { recursive: true });
    }
  });

  describe('with protocol auto', () => {
    it('falls back to sync.v1 where flagd.sync.v1 is unknown, and remembers', async () => {
      await setUp({}, { contracts: ['sync.v1'] });
      const stream = await server.nextStream();
      stream.sendAll('{"flags":{}}');
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.losses).to.deep.equal([]);
      stream.end();
      (await server.nextStream()).sendAll('{"flags":{}}');
      await recorder.until(({ events }) => events.length === 2);
      expect(server.calls).to.deep.equal(['SyncFlags of sync.v1', 'SyncFlags of sync.v1']);
    });

    it('says which contracts were tried where neither is known', async () => {
      await setUp({}, { contracts: [] });
      await recorder.until(({ losses }) => losses.length === 1);
      expect(recorder.losses[0]).to.have.property('code', 'UNIMPLEMENTED');
      expect(recorder.losses[0]?.message).to.contain('flagd.sync.v1').and.contain('sync.v1');
    });
  });

  it('does not fall back from a contract that was asked for', async () => {
    await setUp({ protocol: 'flagd.sync.v1' }, { contracts: ['sync.v1'] });
    await recorder.until(({ losses }) => losses.length === 1);
    expect(recorder.losses[0]).to.have.property('code', 'UNIMPLEMENTED');
  });

  describe('with sync.v1', () => {
    it('hands over every kind of change, in order', async () => {
      await setUp({ protocol: 'sync.v1' });
      const stream = await server.nextStream();
      stream.sendAll('all');
      stream.send(SYNC_STATE_ADD, 'add');
      stream.send(SYNC_STATE_UPDATE, 'update');
      stream.send(SYNC_STATE_PING);
      stream.send(SYNC_STATE_DELETE, 'delete');
      stream.send(99);
      await recorder.until(({ events }) => events.length === 6);
      expect(recorder.said).to.deep.equal(['ALL all', 'ADD add', 'UPDATE update', 'PING', 'DELETE delete', 'UNKNOWN']);
    });

    it('fetches all flags before a change that a stream begins with', async () => {
      await setUp({ protocol: 'sync.v1', selector: 'x' });
      server.fetchAllFlags = (metadata) => fetchedFlags(`fetched for ${metadata.get('flagd-selector').join()}`);
      const stream = await server.nextStream();
      stream.send(SYNC_STATE_ADD, 'add');
      await recorder.until(({ events }) => events.length === 2);
      expect(recorder.said).to.deep.equal(['ALL fetched for x', 'ADD add']);
      stream.send(SYNC_STATE_ADD, 'later');
      await recorder.until(({ events }) => events.length === 3);
      expect(server.calls).to.deep.equal(['SyncFlags of sync.v1', 'FetchAllFlags']);
    });

    it('goes on without, loudly, where FetchAllFlags is not implemented', async () => {
      const warnings: unknown[] = [];
      const logger = { ...silent, warn: (...args: unknown[]) => warnings.push(...args) };
      await setUp({ protocol: 'sync.v1', logger });
      (await server.nextStream()).send(SYNC_STATE_ADD, 'add');
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.said).to.deep.equal(['ADD add']);
      expect(warnings.join()).to.contain('FetchAllFlags');
    });

    it('takes a failed FetchAllFlags for a failed stream', async () => {
      await setUp({ protocol: 'sync.v1' });
      server.fetchAllFlags = () => ({ code: status.INTERNAL, details: 'disk on fire' });
      (await server.nextStream()).send(SYNC_STATE_ADD, 'add');
      await recorder.until(({ losses }) => losses.length === 1);
      expect(recorder.losses[0]?.message).to.contain('FetchAllFlags').and.contain('disk on fire');
      server.fetchAllFlags = () => fetchedFlags('better');
      (await server.nextStream()).send(SYNC_STATE_ADD, 'add');
      await recorder.until(({ events }) => events.length === 2);
      expect(recorder.said).to.deep.equal(['ALL better', 'ADD add']);
    });
  });

  describe('sync context', () => {
    it('comes with messages', async () => {
      await setUp();
      (await server.nextStream()).sendAll('{}', { region: 'eu' });
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.events[0]).to.have.deep.property('syncContext', { region: 'eu' });
      expect(server.calls).not.to.include('GetMetadata');
    });

    it('is asked for once where a message has none, before the first flags', async () => {
      await setUp();
      server.getMetadata = () => metadataAnswer({ region: 'us' });
      const stream = await server.nextStream();
      stream.sendAll('{}');
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.events[0]).to.have.deep.property('syncContext', { region: 'us' });
      stream.sendAll('[]');
      await recorder.until(({ events }) => events.length === 2);
      expect(recorder.events[1]).not.to.have.property('syncContext');
      expect(server.calls.filter((name) => name === 'GetMetadata')).to.have.length(1);
    });

    it('comes with the flags once more if it is late', async () => {
      await setUp({ deadlineMs: 200, protocol: 'flagd.sync.v1' }, { contracts: ['flagd.sync.v1'] });
      let answer: (bytes: Buffer) => void = () => undefined;
      server.getMetadata = () => new Promise((resolve) => (answer = resolve));
      const stream = await server.nextStream();
      stream.sendAll('first');
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.events[0]).not.to.have.property('syncContext');
      stream.sendAll('second');
      await recorder.until(({ events }) => events.length === 2);
      answer(metadataAnswer({ region: 'eu' }));
      await recorder.until(({ events }) => events.length === 3);
      expect(recorder.said[2]).to.equal('ALL second');
      expect(recorder.events[2]).to.have.deep.property('syncContext', { region: 'eu' });
    });

    it('may never be answered for', async () => {
      await setUp({ deadlineMs: 50 });
      server.getMetadata = () => new Promise(() => undefined);
      const stream = await server.nextStream();
      stream.sendAll('first');
      await recorder.until(({ events }) => events.length === 1);
      stream.end();
      await recorder.until(({ losses }) => losses.length === 1);
    });

    it('may be unknown to the server', async () => {
      await setUp();
      (await server.nextStream()).sendAll('{}');
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.events[0]).not.to.have.property('syncContext');
      expect(server.calls).to.include('GetMetadata');
    });
  });

  describe('a message that cannot be used', () => {
    it('is reported, and does not end the stream', async () => {
      await setUp();
      const stream = await server.nextStream();
      stream.sendBytes(Buffer.from('<html>'));
      await recorder.until(({ invalid }) => invalid.length === 1);
      expect(recorder.invalid[0]?.message).to.contain('6 bytes').and.contain('flagd.sync.v1');
      stream.sendAll('{}', {});
      await recorder.until(({ events }) => events.length === 1);
      expect(recorder.losses).to.deep.equal([]);
    });

    it('is reported when the listener refuses it', async () => {
      await setUp();
      recorder.onEach = () => {
        throw new Error('no flags in here');
      };
      const stream = await server.nextStream();
      stream.sendAll('[]', {});
      await recorder.until(({ invalid }) => invalid.length === 1);
      expect(recorder.invalid[0]?.message).to.equal('no flags in here');
      expect(server.openStreams).to.equal(1);
    });
  });

  it('drops whole sets that a later one supersedes, and ends with the last', async () => {
    await setUp();
    const stream = await server.nextStream();
    for (let i = 1; i <= 500; i++) stream.sendAll(`${i}`, i === 1 ? { region: 'eu' } : undefined);
    await recorder.until(({ said }) => said.at(-1) === 'ALL 500');
    expect(recorder.events.length).to.be.below(250);
    expect(recorder.events.filter((event) => 'syncContext' in event)).not.to.be.empty;
  });

  it('says where it stands', async () => {
    await setUp();
    (await server.nextStream()).sendAll('{}', {});
    await recorder.until(({ events }) => events.length === 1);
    expect(source?.status()).to.deep.include({
      state: 'live',
      protocol: 'flagd.sync.v1',
      target: `127.0.0.1:${server.port}`,
      address: `127.0.0.1:${server.port}`,
    });
    source?.close();
    expect(source?.status()).not.to.have.property('address');
  });

  it('needs a package for a target of xds, and says so', async () => {
    await setUp({ targetUri: 'xds:///flags' });
    await recorder.until(({ losses }) => losses.length === 1);
    expect(recorder.losses[0]?.message).to.contain('npm install @grpc/grpc-js-xds');
  });

  describe('when the stream is lost', () => {
    for (const [how, end] of [
      ['ends with OK', (stream: { end(): void }) => stream.end()],
      ['fails', (stream: { fail(code: status): void }) => stream.fail(status.INTERNAL)],
      [
        'exceeds the deadline of its server',
        (stream: { fail(code: status): void }) => stream.fail(status.DEADLINE_EXCEEDED),
      ],
    ] as const) {
      it(`comes back if it ${how}`, async () => {
        await setUp();
        const stream = await server.nextStream();
        stream.sendAll('before', {});
        await recorder.until(({ events }) => events.length === 1);
        end(stream);
        (await server.nextStream()).sendAll('after', {});
        await recorder.until(({ events }) => events.length === 2);
        expect(recorder.losses).to.have.length(1);
        expect(recorder.said).to.deep.equal(['ALL before', 'ALL after']);
      });
    }

    it('comes back if the server restarts, and speaks of the loss once', async () => {
      await setUp();
      (await server.nextStream()).sendAll('before', {});
      await recorder.until(({ events }) => events.length === 1);
      const { port } = server;
      server.stop();
      await recorder.until(({ losses }) => losses.length === 1);
      await new Promise((resolve) => setTimeout(resolve, 100));
      server = await ScriptedServer.start({ address: `127.0.0.1:${port}` });
      (await server.nextStream()).sendAll('after', {});
      await recorder.until(({ events }) => events.length === 2);
      expect(recorder.losses).to.have.length(1);
    });

    it('hands over what came before the end', async () => {
      await setUp({ protocol: 'sync.v1' });
      const stream = await server.nextStream();
      stream.sendAll('all');
      stream.send(SYNC_STATE_ADD, 'one');
      stream.send(SYNC_STATE_ADD, 'two');
      stream.end();
      await recorder.until(({ losses }) => losses.length === 1);
      expect(recorder.said).to.deep.equal(['ALL all', 'ADD one', 'ADD two']);
    });
  });

  it('renews the stream at its deadline, without a loss', async () => {
    await setUp({ streamDeadlineMs: 50 });
    server.onStream = (stream) => stream.sendAll('{}', {});
    const first = await server.nextStream();
    await server.nextStream();
    await first.ended;
    await server.nextStream();
    expect(recorder.losses).to.deep.equal([]);
  });

  describe('fatal status codes', () => {
    it('end it on the first connection', async () => {
      await setUp({ fatalStatusCodes: ['UNAUTHENTICATED'] });
      (await server.nextStream()).fail(status.UNAUTHENTICATED, 'who are you');
      await recorder.until(({ fatal }) => fatal.length === 1);
      expect(recorder.fatal[0]).to.have.property('code', 'UNAUTHENTICATED');
      expect(recorder.fatal[0]?.message).to.contain('who are you');
      expect(recorder.losses).to.deep.equal([]);
    });

    it('are a loss like any other later', async () => {
      await setUp({ fatalStatusCodes: ['UNAUTHENTICATED'] });
      const stream = await server.nextStream();
      stream.sendAll('{}', {});
      await recorder.until(({ events }) => events.length === 1);
      stream.fail(status.UNAUTHENTICATED);
      await server.nextStream();
      expect(recorder.fatal).to.deep.equal([]);
      expect(recorder.losses).to.have.length(1);
    });
  });

  it('is silent after a close, ends its stream, and can be opened again', async () => {
    await setUp();
    const stream = await server.nextStream();
    stream.sendAll('{}', {});
    await recorder.until(({ events }) => events.length === 1);
    source?.close();
    source?.close();
    await stream.ended;
    source?.open();
    (await server.nextStream()).sendAll('[]', {});
    await recorder.until(({ events }) => events.length === 2);
    expect(recorder.losses).to.deep.equal([]);
  });
});
