import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { OpenFeature, ProviderStatus, type EvaluationContext, type JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { formatExplanation, GrpcSyncProvider, type GrpcSyncOptions } from '../src';
import { SyncServer, type FlagDefinition, type SyncServerOptions } from '../src/server';
import { createCertificateAuthority } from './support/certificates';
import { silent } from './support/options';
import { ProviderRun } from './support/provider-run';
import { ScriptedServer, SYNC_STATE_UPDATE } from './support/scripted-server';

const on: FlagDefinition = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' };

const flags: Record<string, FlagDefinition> = {
  on,
  greeting: {
    state: 'ENABLED',
    variants: { formal: 'Good day', casual: 'Hi', empty: '' },
    defaultVariant: 'formal',
    targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'casual', null] },
    metadata: { owner: 'web' },
  },
  limit: { state: 'ENABLED', variants: { low: 0, high: 100 }, defaultVariant: 'low' },
  settings: { state: 'ENABLED', variants: { a: { colours: ['red'] }, b: {} }, defaultVariant: 'a' },
  region: {
    state: 'ENABLED',
    variants: { eu: 'Europe', other: 'World' },
    defaultVariant: 'other',
    targeting: { if: [{ '==': [{ var: 'region' }, 'eu'] }, 'eu', null] },
  },
  off: { state: 'DISABLED', variants: { on: true }, defaultVariant: 'on' },
  broken: { state: 'ENABLED', variants: { on: true }, defaultVariant: 'no' },
};

const changed: FlagDefinition = { ...on, defaultVariant: 'off' };

describe('GrpcSyncProvider', () => {
  let folder: string;
  const servers: (SyncServer | ScriptedServer)[] = [];
  const inFolder = (name: string) => join(folder, name);
  const file = (name: string, content: string) => {
    writeFileSync(inFolder(name), content);
    return inFolder(name);
  };

  before(() => void (folder = mkdtempSync(join(tmpdir(), 'provider-'))));
  after(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    await OpenFeature.clearProviders();
    for (const server of servers.splice(0)) await server.stop();
  });

  async function serve(options: SyncServerOptions = {}): Promise<SyncServer> {
    const server = new SyncServer({ host: '127.0.0.1', port: 0, logger: silent, ...options });
    server.setFlags({ flags, metadata: { version: 7 } });
    await server.start();
    servers.push(server);
    return server;
  }

  const run = (options: GrpcSyncOptions) => new ProviderRun(options).start();

  it('says what it is', () => {
    const provider = new GrpcSyncProvider();
    expect(provider.metadata).to.deep.equal({ name: 'grpc-sync' });
    expect(provider.runsOn).to.equal('server');
  });

  for (const protocol of ['flagd.sync.v1', 'sync.v1', 'auto'] as const) {
    describe(`over ${protocol}`, () => {
      it('evaluates flags of every type', async () => {
        const { client } = await run({ port: (await serve()).port, protocol });
        const jane = { targetingKey: 'jane', email: 'jane@example.com' };
        expect(await client.getBooleanDetails('on', false)).to.deep.equal({
          flagKey: 'on',
          value: true,
          variant: 'on',
          reason: 'STATIC',
          flagMetadata: { version: 7 },
        });
        expect(await client.getStringDetails('greeting', 'Hello', jane)).to.deep.equal({
          flagKey: 'greeting',
          value: 'Hi',
          variant: 'casual',
          reason: 'TARGETING_MATCH',
          flagMetadata: { version: 7, owner: 'web' },
        });
        expect(await client.getStringDetails('greeting', 'Hello')).to.include({ value: 'Good day', reason: 'DEFAULT' });
        expect(await client.getNumberValue('limit', 5)).to.equal(0);
        expect(await client.getObjectValue('settings', {})).to.deep.equal({ colours: ['red'] });
      });

      it('tells exactly which flags a push has changed', async () => {
        const server = await serve();
        const provider = await run({ port: server.port, protocol });
        server.setFlag('on', changed);
        expect((await provider.next('CHANGED'))?.flagsChanged).to.deep.equal(['on']);
        expect(await provider.client.getBooleanValue('on', true)).to.equal(false);
        const seen = provider.events.length;
        server.deleteFlag('limit');
        expect((await provider.next('CHANGED', seen))?.flagsChanged).to.deep.equal(['limit']);
        expect(await provider.client.getNumberDetails('limit', 5)).to.include({
          value: 5,
          reason: 'ERROR',
          errorCode: 'FLAG_NOT_FOUND',
        });
        expect(provider.told).to.deep.equal(['READY', 'CHANGED', 'CHANGED']);
      });

      it('is stale while the server is away, and has what changed meanwhile when it is back', async () => {
        const server = await serve();
        const { port } = server;
        const provider = await run({ port, protocol });
        await server.stop();
        await provider.next('STALE');
        expect(provider.client.providerStatus).to.equal(ProviderStatus.STALE);
        expect(await provider.client.getBooleanValue('on', false)).to.equal(true);
        const again = new SyncServer({ host: '127.0.0.1', port, logger: silent });
        again.setFlags({ flags: { ...flags, on: changed }, metadata: { version: 7 } });
        await again.start();
        servers.push(again);
        expect((await provider.next('CHANGED'))?.flagsChanged).to.deep.equal(['on']);
        expect(provider.told).to.deep.equal(['READY', 'STALE', 'READY', 'CHANGED']);
        expect(provider.client.providerStatus).to.equal(ProviderStatus.READY);
      });
    });
  }

  it('falls back to sync.v1 where the server knows no other contract', async () => {
    const server = await ScriptedServer.start({ contracts: ['sync.v1'] });
    servers.push(server);
    server.onStream = (stream) => stream.sendAll(JSON.stringify({ flags }));
    const { client } = await run({ port: server.port });
    expect(await client.getBooleanValue('on', false)).to.equal(true);
  });

  it('is configured by environment variables', async () => {
    const { port } = await serve();
    Object.assign(process.env, { FLAGD_HOST: '127.0.0.1', FLAGD_PORT: String(port), FLAGD_DEADLINE_MS: '5000' });
    try {
      await OpenFeature.setProviderAndWait('environment', new GrpcSyncProvider());
      expect(await OpenFeature.getClient('environment').getBooleanValue('on', false)).to.equal(true);
    } finally {
      for (const name of ['FLAGD_HOST', 'FLAGD_PORT', 'FLAGD_DEADLINE_MS']) Reflect.deleteProperty(process.env, name);
    }
  });

  it('connects with TLS to a server whose authority it is given, and to no other', async () => {
    const authority = await createCertificateAuthority();
    const stranger = await createCertificateAuthority('Stranger');
    const { cert, key } = await authority.issue({ commonName: 'localhost' });
    const tls = { certPath: file('server.pem', cert), keyPath: file('server.key', key) };
    const { port } = await serve({ tls });
    const trusted = await run({ port, tls: true, certPath: file('ca.pem', authority.cert) });
    expect(await trusted.client.getBooleanValue('on', false)).to.equal(true);
    const untrusted = new ProviderRun({
      port,
      tls: true,
      certPath: file('stranger.pem', stranger.cert),
      deadlineMs: 300,
    });
    const error = await untrusted.start().then(undefined, (reason: unknown) => reason);
    expect((error as Error).message).to.match(/certificate/i);
  });

  it('connects through a Unix socket', async function () {
    if (process.platform === 'win32') this.skip();
    const socketPath = inFolder('sync.sock');
    await serve({ socketPath });
    const { client } = await run({ socketPath });
    expect(await client.getBooleanValue('on', false)).to.equal(true);
  });

  it('merges the sync context over the caller’s, through contextEnricher', async () => {
    const { port } = await serve({ contextValues: { region: 'eu' } });
    const plain = await run({ port });
    expect(await plain.client.getStringValue('region', '', { region: 'us' })).to.equal('Europe');
    const enriched = await run({ port, contextEnricher: ({ region }) => ({ region: region === 'eu' ? 'us' : 'eu' }) });
    expect(await enriched.client.getStringValue('region', '', { region: 'eu' })).to.equal('World');
  });

  it('calls contextEnricher also if the server has no context', async () => {
    const { port } = await serve();
    const { client } = await run({ port, contextEnricher: (context) => ({ ...context, region: 'eu' }) });
    expect(await client.getStringValue('region', '')).to.equal('Europe');
  });

  describe('evaluate', () => {
    it('gives the answer of the client, at once', async () => {
      const { client, provider } = await run({ port: (await serve()).port });
      const contexts: EvaluationContext[] = [{}, { targetingKey: 'jane', email: 'jane@example.com' }];
      const asked: [string, JsonValue][] = [...Object.keys(flags), 'unknown'].flatMap((key) =>
        [false, 'default', 5, { a: 1 }].map((value): [string, JsonValue] => [key, value]),
      );
      for (const context of contexts) {
        for (const [key, value] of asked) {
          const method = { boolean: 'Boolean', string: 'String', number: 'Number', object: 'Object' }[
            typeof value as 'object'
          ] as 'Object';
          const { flagKey, ...details } = await client[`get${method}Details`](key, value, context);
          expect(flagKey).to.equal(key);
          expect(provider.evaluate(key, value, context)).to.deep.equal(details, `${key} ${inspect(value)}`);
        }
      }
    });

    it('says that the provider is not ready before the first flags and after the close', async () => {
      const { port } = await serve();
      const provider = new GrpcSyncProvider({ host: '127.0.0.1', port, deadlineMs: 5000, logger: silent });
      const notReady = { value: 'mine', reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' };
      expect(provider.evaluate('greeting', 'mine')).to.include(notReady);
      await provider.initialize();
      expect(provider.evaluate('greeting', 'mine')).to.include({ value: 'Good day' });
      await provider.onClose();
      expect(provider.evaluate('greeting', 'mine')).to.include(notReady);
    });

    it('returns an object that nobody can change for the next caller', async () => {
      const { client, provider } = await run({ port: (await serve()).port });
      const value = (await client.getObjectValue('settings', {})) as { colours: string[] };
      expect(() => value.colours.push('blue')).to.throw(TypeError);
      expect(provider.evaluate('settings', {}).value).to.deep.equal({ colours: ['red'] });
    });
  });

  describe('evaluateAll', () => {
    it('gives the answer of every flag, as evaluate does', async () => {
      const { provider } = await run({ port: (await serve()).port });
      const jane = { targetingKey: 'jane', email: 'jane@example.com' };
      const all = provider.evaluateAll(jane);
      expect(Object.keys(all)).to.have.members(Object.keys(flags));
      expect(all.greeting).to.deep.equal({ flagKey: 'greeting', ...provider.evaluate('greeting', '', jane) });
      expect(all.off).to.include({ value: null, reason: 'DISABLED' });
      expect(all.broken).to.include({ value: null, errorCode: 'PARSE_ERROR' });
      expect(JSON.parse(JSON.stringify(all))).to.deep.equal(all);
      expect(new GrpcSyncProvider().evaluateAll()).to.deep.equal({});
    });
  });

  describe('explain', () => {
    it('says why a flag gives what evaluate gives, as data and as text', async () => {
      const { provider } = await run({ port: (await serve({ contextValues: { region: 'eu' } })).port });
      const explanation = provider.explain('region', { region: 'us' });
      expect(explanation.resolution.value).to.equal(provider.evaluate('region', '', { region: 'us' }).value);
      expect(explanation.context).to.include({ region: 'eu' });
      expect(JSON.parse(JSON.stringify(explanation))).to.deep.equal(explanation);
      expect(formatExplanation(explanation, { colors: false }))
        .to.contain('region')
        .and.contain('==');
      expect(new GrpcSyncProvider().explain('region').resolution.errorCode).to.equal('PROVIDER_NOT_READY');
    });
  });

  describe('when there are no flags at first', () => {
    it('rejects initialize() with the reason, and is ready when the server comes up', async () => {
      const { port } = await serve();
      await servers.pop()?.stop();
      const provider = new ProviderRun({ port, deadlineMs: 100 });
      const error = await provider.start().then(undefined, (reason: unknown) => reason);
      expect((error as Error).message).to.match(/^No flags within 100 ms: .*ECONNREFUSED/);
      expect(provider.client.providerStatus).to.equal(ProviderStatus.ERROR);
      const server = await serve({ port });
      await provider.next('READY');
      expect((await provider.next('CHANGED'))?.flagsChanged).to.have.members(Object.keys(flags));
      expect(provider.client.providerStatus).to.equal(ProviderStatus.READY);
      const seen = provider.events.length;
      server.setFlag('on', changed);
      expect((await provider.next('CHANGED', seen))?.flagsChanged).to.deep.equal(['on']);
    });

    it('does not take a malformed message for flags', async () => {
      const server = await ScriptedServer.start();
      servers.push(server);
      server.onStream = (stream) => stream.sendAll('{"flags":');
      const errors: string[] = [];
      const logger = { ...silent, error: (line: string) => void errors.push(line) };
      const provider = new ProviderRun({ port: server.port, deadlineMs: 200, logger });
      const error = await provider.start().then(undefined, (reason: unknown) => reason);
      expect((error as Error).message).to.match(/^No flags within 200 ms: .* is not JSON/);
      expect(errors.join()).to.match(/refused: .* is not JSON/);
      (await server.nextStream()).sendAll(JSON.stringify({ flags }));
      await provider.next('READY');
      expect(await provider.client.getBooleanValue('on', false)).to.equal(true);
    });

    it('is fatal if the server refuses with a fatal status, and stays so', async () => {
      const { port } = await serve({ authToken: 'right' });
      const provider = new ProviderRun({ port, authToken: 'wrong', fatalStatusCodes: ['UNAUTHENTICATED'] });
      const error = await provider.start().then(undefined, (reason: unknown) => reason);
      expect(error).to.include({ code: 'PROVIDER_FATAL' });
      expect(provider.client.providerStatus).to.equal(ProviderStatus.FATAL);
      expect(provider.told).to.deep.equal(['ERROR']);
    });
  });

  describe('when a message cannot be used', () => {
    it('keeps the last good flags, is stale and says why, until the next good message', async () => {
      const server = await ScriptedServer.start();
      servers.push(server);
      server.onStream = (stream) => stream.sendAll(JSON.stringify({ flags }));
      const errors: string[] = [];
      const provider = await run({
        port: server.port,
        logger: { ...silent, error: (line: string) => void errors.push(line) },
      });
      const stream = await server.nextStream();
      stream.sendAll('{"flags":[}');
      expect((await provider.next('STALE'))?.message).to.match(/refused: .* is not JSON/);
      expect(errors).to.have.length(1);
      expect(await provider.client.getBooleanValue('on', false)).to.equal(true);
      const seen = provider.events.length;
      stream.sendAll(JSON.stringify({ flags: { ...flags, on: changed } }));
      await provider.next('READY', seen);
      expect((await provider.next('CHANGED', seen))?.flagsChanged).to.deep.equal(['on']);
    });

    it("goes on even if the application's logger throws", async () => {
      const server = await ScriptedServer.start();
      servers.push(server);
      server.onStream = (stream) => stream.sendAll(JSON.stringify({ flags }));
      const failing = () => {
        throw new Error('the log is full');
      };
      const logger = { error: failing, warn: failing, info: failing, debug: failing };
      const provider = await run({ port: server.port, logger });
      const stream = await server.nextStream();
      stream.sendAll('{"flags":[}');
      await provider.next('STALE');
      stream.sendAll(JSON.stringify({ flags: { ...flags, on: changed } }));
      expect((await provider.next('CHANGED'))?.flagsChanged).to.deep.equal(['on']);
    });

    it('opens another stream over sync.v1, since the message may have been a change', async () => {
      const server = await ScriptedServer.start({ contracts: ['sync.v1'] });
      servers.push(server);
      const provider = new ProviderRun({ port: server.port, protocol: 'sync.v1' });
      const started = provider.start();
      const stream = await server.nextStream();
      stream.sendAll(JSON.stringify({ flags }));
      await started;
      stream.send(SYNC_STATE_UPDATE, '{"flags":[}');
      await provider.next('STALE');
      const next = await server.nextStream();
      next.sendAll(JSON.stringify({ flags: { ...flags, on: changed } }));
      expect((await provider.next('CHANGED'))?.flagsChanged).to.deep.equal(['on']);
      await stream.ended;
      expect(provider.told).to.deep.equal(['READY', 'STALE', 'READY', 'CHANGED']);
    });

    it('logs each broken flag with its place, once', async () => {
      const warnings: string[] = [];
      const logger = { ...silent, warn: (line: string) => void warnings.push(line) };
      const server = await serve();
      const provider = await run({ port: server.port, logger });
      server.setFlag('on', changed);
      await provider.next('CHANGED');
      expect(warnings).to.deep.equal(['In the flag set, /flags/broken/defaultVariant is "no"; expected one of "on".']);
    });
  });

  describe('after the grace period', () => {
    it('is in error, and ready again when the server is back', async () => {
      const server = await serve();
      const provider = await run({ port: server.port, retryGracePeriod: 0.05 });
      const { port } = server;
      await server.stop();
      await provider.next('ERROR');
      expect(provider.told).to.deep.equal(['READY', 'STALE', 'ERROR']);
      expect(provider.client.providerStatus).to.equal(ProviderStatus.ERROR);
      expect(await provider.client.getBooleanValue('on', false)).to.equal(true);
      await serve({ port });
      await provider.next('READY', 3);
      expect(provider.told).to.deep.equal(['READY', 'STALE', 'ERROR', 'READY']);
    });

    it('is in error at once if there is none', async () => {
      const server = await serve();
      const provider = await run({ port: server.port, retryGracePeriod: 0 });
      await server.stop();
      await provider.next('ERROR');
      expect(provider.told).to.deep.equal(['READY', 'ERROR']);
    });
  });

  describe('onClose', () => {
    it('may be called while a message is being told of, and nothing comes after it', async () => {
      const server = await serve();
      const warnings: string[] = [];
      const logger = { ...silent, warn: (line: string) => void warnings.push(line) };
      const { provider, told } = await run({ port: server.port, logger });
      const closing = new Promise<void>((resolve) => {
        const channel = 'openfeature-grpc-sync-provider:snapshot';
        const close = () => {
          unsubscribe(channel, close);
          void provider.onClose().then(resolve);
        };
        subscribe(channel, close);
      });
      const [seen, warned] = [told.length, warnings.length];
      server.setFlags({
        flags: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`broken-${i}`, flags.broken!])),
      });
      await closing;
      for (let turn = 0; turn < 100; turn++) await setImmediate();
      expect([told.length, warnings.length]).to.deep.equal([seen, warned]);
    });

    it('may come before initialize(), twice, and during it', async () => {
      const { port } = await serve();
      const provider = new GrpcSyncProvider({ host: '127.0.0.1', port, logger: silent });
      await provider.onClose();
      const pending = provider.initialize().then(undefined, (reason: unknown) => reason);
      await provider.onClose();
      await provider.onClose();
      expect(((await pending) as Error).message).to.match(/closed/);
    });

    it('lets no event come after it', async () => {
      const server = await serve();
      const provider = await run({ port: server.port });
      let events = 0;
      for (const event of ['PROVIDER_READY', 'PROVIDER_STALE', 'PROVIDER_CONFIGURATION_CHANGED'] as const) {
        provider.provider.events.addHandler(event as never, () => events++);
      }
      await provider.provider.onClose();
      server.setFlag('on', changed);
      await server.stop();
      expect(events).to.equal(0);
    });

    it('lets the provider be initialized again', async () => {
      const { port } = await serve();
      const provider = new GrpcSyncProvider({ host: '127.0.0.1', port, deadlineMs: 5000, logger: silent });
      for (let round = 0; round < 3; round++) {
        await provider.initialize();
        expect(provider.evaluate('on', false).value).to.equal(true);
        await provider.onClose();
      }
    });
  });

  it('shows no secret when it is inspected', () => {
    const provider = new GrpcSyncProvider({ authToken: 'token-of-mine', headers: { 'x-key': 'key-of-mine' } });
    expect(inspect(provider, { depth: 9, showHidden: true })).to.not.contain('of-mine');
  });
});
