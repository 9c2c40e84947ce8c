import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrpcSyncOptions } from '../../src/config/options';
import { createCertificateAuthority, serverCredentials } from '../support/certificates';
import type { Certificate } from '../support/certificates';
import { ScriptedServer } from '../support/scripted-server';
import type { ScriptedServerOptions } from '../support/scripted-server';
import { TcpProxy } from '../support/tcp-proxy';
import { Application, Scene, version } from './application';

describe('a provider that', () => {
  const scene = new Scene();
  afterEach(() => scene.end());

  let folder: string;
  let forServer: Certificate;
  let certPath: string;

  before(async () => {
    const authority = await createCertificateAuthority();
    forServer = await authority.issue({ commonName: 'server' });
    folder = await mkdtemp(join(tmpdir(), 'life-cycle-'));
    certPath = join(folder, 'authority.pem');
    await writeFile(certPath, authority.cert);
  });
  after(() => rm(folder, { recursive: true }));

  async function serve(number: number, options: ScriptedServerOptions = {}) {
    const server = scene.add(await ScriptedServer.start(options));
    server.onStream = (stream) => stream.sendAll(version(number));
    return server;
  }

  it('is closed before it is initialized, and twice', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port });
    await application.close();
    await application.close();
    expect(await application.started).to.be.an('error');
    expect(application.told).to.deep.equal([]);
  });

  for (const [how, tls] of [
    ['plainly', false],
    ['with TLS', true],
  ] as const) {
    it(`is closed at any moment of its start, ${how}, leaves nothing open`, async () => {
      const server = await serve(1, tls ? { credentials: serverCredentials(forServer) } : {});
      const proxy = scene.add(await TcpProxy.start(server.port));
      for (let moment = 0; moment < 40; moment++) {
        const application = new Application({ port: proxy.port, tls, ...(tls && { certPath }) });
        for (let turn = 0; turn < moment; turn++) await new Promise(setImmediate);
        await application.close();
        await application.started;
        const told = application.told.length;
        await new Promise(setImmediate);
        expect(application.told).to.have.length(told);
      }
      while (proxy.open > 0 || server.openStreams > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });

    it(`is closed while the network says nothing, ${how}, does not wait for it`, async () => {
      const server = await serve(1, tls ? { credentials: serverCredentials(forServer) } : {});
      const proxy = scene.add(await TcpProxy.start(server.port));
      const application = new Application({ port: proxy.port, tls, ...(tls && { certPath }) });
      await application.started;
      const before = openSockets();
      proxy.freeze();
      await application.close();
      await application.until(() => openSockets() < before);
    });
  }

  it('is closed while nobody answers leaves no connection', async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => {
      sockets.add(socket.resume());
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    scene.add(mute);
    for (const tls of [false, true]) {
      const application = new Application({ port: (mute.address() as AddressInfo).port, tls });
      await application.until(() => sockets.size === 1);
      await application.close();
      await application.until(() => sockets.size === 0);
    }
  });

  it('is closed after a failed attempt does not connect when the server returns', async () => {
    const server = await serve(1);
    const proxy = scene.add(await TcpProxy.start(server.port));
    proxy.refuse();
    const application = new Application({ port: proxy.port });
    await application.until(() => proxy.accepted > 5);
    proxy.allow();
    await application.close();
    const { accepted } = proxy;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(proxy.accepted).to.equal(accepted);
    expect(openSockets()).to.equal(0);
  });

  it('has had failed attempts has one connection when the server returns', async () => {
    const server = await serve(1);
    const proxy = scene.add(await TcpProxy.start(server.port));
    proxy.refuse();
    const application = scene.application({ port: proxy.port });
    await application.until(() => proxy.accepted > 5);
    proxy.allow();
    await application.sees(1);
    const { accepted } = proxy;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(proxy.accepted).to.equal(accepted);
    expect(proxy.open).to.equal(1);
  });

  it('is closed and initialized again works again', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port });
    await application.started;
    for (let round = 2; round < 5; round++) {
      await application.close();
      expect(application.version).to.equal(-1);
      server.onStream = (stream) => stream.sendAll(version(round));
      await application.provider.initialize();
      expect(application.version).to.equal(round);
    }
    expect(application.told).to.deep.equal([]);
  });

  it('stands beside another one does not notice when that is closed', async () => {
    const server = await serve(1);
    const [one, other] = [scene.application({ port: server.port }), scene.application({ port: server.port })];
    await Promise.all([one.started, other.started]);
    await one.close();
    await server.nextStream();
    (await server.nextStream()).sendAll(version(2));
    await other.sees(2);
    expect(other.events).to.deep.equal(['CHANGED']);
  });

  it('has been reconnected 500 times holds no more than at first', async () => {
    const server = await serve(0);
    const proxy = scene.add(await TcpProxy.start(server.port));
    const application = scene.application({ port: proxy.port, retryBackoffMs: 1, retryBackoffMaxMs: 1 });
    let rounds = 0;
    const round = async () => {
      const number = ++rounds;
      server.onStream = (stream) => stream.sendAll(version(number));
      const stream = await server.nextStream();
      if (number % 2) stream.end();
      else proxy.cut();
      await application.sees(number);
    };
    for (let warmUp = 0; warmUp < 50; warmUp++) await round();
    const before = resources();
    for (let more = 0; more < 450; more++) await round();
    await application.until(() => proxy.open === 1 && server.openStreams === 1);
    await application.until(() =>
      Object.entries(resources()).every(([name, count]) => count <= (before[name] ?? 0) + 2),
    );
  }).timeout(60_000);

  describe('lets the process exit by itself after close(),', () => {
    for (const [when, options] of [
      ['connected', {}],
      ['waiting for an absent server', { port: 1 }],
      ['connecting to an address that does not answer', { host: '192.0.2.1' }],
      ['with a status and a renewal pending', { streamDeadlineMs: 3_600_000, keepAliveTime: 3_600_000 }],
    ] as [string, GrpcSyncOptions][]) {
      it(when, async () => {
        const server = await serve(1);
        const said = await runInChild({ host: '127.0.0.1', port: server.port, deadlineMs: 300, ...options });
        expect(said).to.match(/^closed (1|-1)$/);
      });
    }
  });
});

/** How many of each kind of resource hold the process. */
function resources(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) found[name] = (found[name] ?? 0) + 1;
  return found;
}

function openSockets(): number {
  return resources().TCPSocketWrap ?? 0;
}

/** Starts and closes a provider in a process of its own, and gives what that wrote until it ended. */
async function runInChild(options: GrpcSyncOptions): Promise<string> {
  const script = `
    const { GrpcSyncProvider } = require(${JSON.stringify(join(__dirname, '../../src/provider.ts'))});
    const provider = new GrpcSyncProvider(${JSON.stringify(options)});
    provider.initialize().catch(() => undefined).then(async () => {
      const version = provider.evaluate('version', -1).value;
      await provider.onClose();
      process.stdout.write('closed ' + version);
    });`;
  const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  await once(child, 'close');
  return said;
}
