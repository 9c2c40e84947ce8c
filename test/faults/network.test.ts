import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { promises as dns } from 'node:dns';
import { gzipSync } from 'node:zlib';
import { framed, RawServer } from '../support/raw-server';
import { flagdMessage, ScriptedServer } from '../support/scripted-server';
import { TcpProxy } from '../support/tcp-proxy';
import { Scene, version } from './application';

describe('a network that', () => {
  const scene = new Scene();
  afterEach(() => scene.end());

  async function serve(number: number) {
    const server = scene.add(await ScriptedServer.start());
    server.onStream = (stream) => stream.sendAll(version(number));
    return server;
  }

  async function serveThroughProxy(number: number) {
    const server = await serve(number);
    const proxy = scene.add(await TcpProxy.start(server.port));
    return { server, proxy };
  }

  it('stops forwarding without a word: keepalive notices', async () => {
    const { server, proxy } = await serveThroughProxy(1);
    const application = scene.application({ port: proxy.port, keepAliveTime: 100 });
    await application.started;
    const half = await server.nextStream();
    proxy.freeze();
    half.sendAll(version(2));
    server.onStream = (stream) => stream.sendAll(version(3));
    await application.until(({ told }) => told.length > 0);
    expect(application.events).to.deep.equal(['STALE']);
    proxy.thaw();
    await application.sees(3);
  });

  it('stops forwarding without a word: without keepalive, the stream deadline notices', async () => {
    const { server, proxy } = await serveThroughProxy(1);
    const application = scene.application({ port: proxy.port, streamDeadlineMs: 200 });
    await application.started;
    proxy.freeze();
    server.onStream = (stream) => stream.sendAll(version(2));
    const accepted = proxy.accepted;
    await application.until(() => proxy.accepted > accepted);
    proxy.thaw();
    await application.sees(2);
    expect(application.events).to.deep.equal(['CHANGED']);
  });

  it('accepts a connection and forwards nothing: another is tried', async () => {
    const { proxy } = await serveThroughProxy(1);
    proxy.freeze();
    const application = scene.application({ port: proxy.port, deadlineMs: 50, retryBackoffMaxMs: 50 });
    expect((await application.started)?.message).to.contain('50 ms');
    await application.until(() => proxy.accepted > 1);
    proxy.thaw();
    await application.sees(1);
  });

  it('resets the connection in the middle of a message', async () => {
    const { server, proxy } = await serveThroughProxy(1);
    const application = scene.application({ port: proxy.port });
    await application.started;
    proxy.cutAfter(50_000);
    server.onStream = (stream) => stream.sendAll(version(3));
    (await server.nextStream()).sendAll(version(2, 'x'.repeat(100_000)));
    await application.sees(3);
    expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED']);
  });

  it('resets connections for a while', async () => {
    const { server, proxy } = await serveThroughProxy(1);
    const application = scene.application({ port: proxy.port });
    await application.started;
    server.onStream = (stream) => stream.sendAll(version(2));
    proxy.refuse();
    const accepted = proxy.accepted;
    await application.until(() => proxy.accepted > accepted + 3);
    expect(application.events).to.deep.equal(['STALE']);
    expect(application.version).to.equal(1);
    proxy.allow();
    await application.sees(2);
  });

  it('has three servers of which two die, one after the other', async () => {
    const servers = [await serve(1), await serve(2), await serve(3)];
    const targetUri = `ipv4:${servers.map(({ port }) => `127.0.0.1:${port}`).join()}`;
    const application = scene.application({ targetUri });
    await application.started;
    expect(application.version).to.equal(1);
    servers[0]?.stop();
    await application.sees(2);
    servers[1]?.stop();
    await application.sees(3);
    expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED', 'STALE', 'READY', 'CHANGED']);
  });

  it('has two servers of which the first takes connections and fails every stream', async () => {
    const [broken, good] = [await serve(1), await serve(2)];
    broken.onStream = (stream) => stream.fail(status.UNAVAILABLE, 'draining');
    const targetUri = `ipv4:127.0.0.1:${broken.port},127.0.0.1:${good.port}`;
    const application = scene.application({ targetUri });
    await application.started;
    expect(application.version).to.equal(2);
  });

  it('learns the name of the server only later', async () => {
    const server = await serve(1);
    const { lookup } = dns;
    let isKnown = false;
    // The border to the operating system: whether a name resolves is not ours to arrange.
    Object.assign(dns, {
      lookup: (name: string, options: object) =>
        lookup(isKnown && name === 'flags.invalid' ? '127.0.0.1' : name, options),
    });
    try {
      const application = scene.application({ host: 'flags.invalid', port: server.port });
      expect(await application.complaint()).to.contain('the name cannot be resolved');
      isKnown = true;
      await application.sees(1);
    } finally {
      Object.assign(dns, { lookup });
    }
  });

  it('compresses', async () => {
    const server = scene.add(
      await RawServer.start((stream) => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-encoding': 'gzip' });
        stream.write(framed(gzipSync(flagdMessage(version(1, 'x'.repeat(1_000_000)), {})), { isCompressed: true }));
      }),
    );
    const proxy = scene.add(await TcpProxy.start(server.port));
    const application = scene.application({ port: proxy.port });
    await application.started;
    expect(application.version).to.equal(1);
    expect(proxy.bytesFromServer).to.be.above(1000).and.below(100_000);
  });

  it('finds the pings too many: they become rarer', async () => {
    let pings = 0;
    const server = scene.add(
      await RawServer.start((stream, session) => {
        session.on('ping', () => {
          pings += 1;
          session.goaway(0xb, 0, Buffer.from('too_many_pings'));
          setImmediate(() => session.destroy());
        });
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
        stream.write(framed(flagdMessage(version(1), {})));
      }),
    );
    const application = scene.application({ port: server.port, keepAliveTime: 20 });
    await application.started;
    await application.until(() => pings > 2);
    const throttled = application.warnings.filter((text) => text.includes('pings'));
    expect(throttled[0]).to.contain('40 ms');
    expect(throttled[1]).to.contain('80 ms');
  });
});
