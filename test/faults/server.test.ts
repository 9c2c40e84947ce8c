import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ScriptedServer } from '../support/scripted-server';
import type { ScriptedServerOptions } from '../support/scripted-server';
import { TcpProxy } from '../support/tcp-proxy';
import { Scene, version } from './application';

const failures = Object.values(status).filter((code) => typeof code !== 'string' && code !== status.OK) as status[];

describe('a server that', () => {
  const scene = new Scene();
  afterEach(() => scene.end());

  /** A server that gives each new stream the version given, which may be changed later. */
  async function serve(number: number, options: ScriptedServerOptions = {}) {
    const server = scene.add(await ScriptedServer.start(options));
    server.onStream = (stream) => stream.sendAll(version(number));
    return server;
  }

  async function freePort(): Promise<number> {
    const server = await ScriptedServer.start();
    server.stop();
    return server.port;
  }

  it('is absent at start: says so, and is found when it comes, changes included', async () => {
    const port = await freePort();
    const application = scene.application({ port, deadlineMs: 1000 });
    const error = await application.started;
    expect(error?.message).to.contain(`127.0.0.1:${port}`).and.contain('nothing listens there');
    expect(application.told).to.deep.equal([]);
    const server = await serve(1, { address: `127.0.0.1:${port}` });
    await application.sees(1);
    expect(application.events[0]).to.equal('READY');
    (await server.nextStream()).sendAll(version(2));
    await application.sees(2);
    expect(application.events.at(-1)).to.equal('CHANGED');
  });

  it('restarts: STALE, then READY with what changed meanwhile; evaluations go on', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port });
    await application.started;
    server.stop();
    await application.until(({ told }) => told.length > 0);
    expect(application.events).to.deep.equal(['STALE']);
    expect(application.version).to.equal(1);
    await serve(2, { address: `127.0.0.1:${server.port}` });
    await application.sees(2);
    expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED']);
    expect(application.warnings).to.have.length(1);
  });

  it('restarts without a change: STALE, then READY, and nothing else', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port });
    await application.started;
    server.stop();
    await serve(1, { address: `127.0.0.1:${server.port}` });
    await application.until(({ told }) => told.length === 2);
    expect(application.events).to.deep.equal(['STALE', 'READY']);
  });

  it('stays away: ERROR after the grace period, READY on return', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port, retryGracePeriod: 0.05 });
    await application.started;
    server.stop();
    await application.until(({ told }) => told.length === 2);
    await serve(2, { address: `127.0.0.1:${server.port}` });
    await application.sees(2);
    expect(application.events).to.deep.equal(['STALE', 'ERROR', 'READY', 'CHANGED']);
  });

  it('ends the stream with OK', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port });
    await application.started;
    server.onStream = (stream) => stream.sendAll(version(2));
    (await server.nextStream()).end();
    await application.sees(2);
    expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED']);
  });

  it('ends every stream with OK at once', async () => {
    const server = await serve(0);
    let streams = 0;
    server.onStream = (stream) => (++streams < 6 ? stream.end() : stream.sendAll(version(6)));
    const application = scene.application({ port: server.port });
    await application.started;
    expect(application.version).to.equal(6);
    expect(streams).to.equal(6);
  });

  for (const code of failures) {
    const name = status[code];
    it(`fails a stream with ${name}`, async () => {
      const server = await serve(1);
      const application = scene.application({ port: server.port });
      await application.started;
      server.onStream = (stream) => stream.sendAll(version(2));
      (await server.nextStream()).fail(code, 'for a reason');
      await application.sees(2);
      expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED']);
      expect(application.told[0]).to.contain(name).and.contain('for a reason');
    });
  }

  it('fails every stream at once', async () => {
    const server = await serve(0);
    let streams = 0;
    server.onStream = (stream) => (++streams < 6 ? stream.fail(status.INTERNAL) : stream.sendAll(version(6)));
    const application = scene.application({ port: server.port });
    await application.started;
    expect(application.version).to.equal(6);
    expect(streams).to.equal(6);
  });

  it('refuses the first connection with a fatal status: final, whatever comes later', async () => {
    const server = await serve(0);
    server.onStream = (stream) => stream.fail(status.PERMISSION_DENIED, 'no such tenant');
    const application = scene.application({
      port: server.port,
      retryGracePeriod: 0,
      fatalStatusCodes: ['PERMISSION_DENIED'],
    });
    const error = await application.started;
    expect(error).to.have.property('code', 'PROVIDER_FATAL');
    expect(error?.message).to.contain('no such tenant');
    server.onStream = (stream) => stream.sendAll(version(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(application.version).to.equal(-1);
    expect(application.told).to.deep.equal([]);
    expect(server.calls).to.have.length(1);
  });

  it('says nothing: the application is told so, and sees what comes at last', async () => {
    const server = scene.add(await ScriptedServer.start());
    const application = scene.application({ port: server.port, deadlineMs: 50 });
    expect((await application.started)?.message).to.contain('50 ms');
    (await server.nextStream()).sendAll(version(1));
    await application.sees(1);
    expect(application.events[0]).to.equal('READY');
  });

  it('says nothing on one stream, and something on the next', async () => {
    const server = scene.add(await ScriptedServer.start());
    // The limit of silence is six times the limit for connecting, which is the larger of these two.
    const application = scene.application({ port: server.port, deadlineMs: 20, retryBackoffMaxMs: 20 });
    await server.nextStream();
    server.onStream = (stream) => stream.sendAll(version(1));
    await application.sees(1);
  });

  it('sends GOAWAY and lets the stream run out: another one is used before that, without STALE', async () => {
    const [old, young] = [await serve(1), await serve(2)];
    const proxy = scene.add(await TcpProxy.start(old.port));
    const application = scene.application({ port: proxy.port });
    await application.started;
    proxy.redirect(young.port);
    await old.shutDown();
    await application.sees(2);
    expect(application.events).to.deep.equal(['CHANGED']);
  });

  it('is asked for a new stream at the deadline of the old one, without a gap', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port, streamDeadlineMs: 40 });
    await application.started;
    const [first, second] = [await server.nextStream(), await server.nextStream()];
    await first.ended;
    server.onStream = (stream) => stream.sendAll(version(2));
    await second.ended;
    await application.sees(2);
    expect(application.events).to.deep.equal(['CHANGED']);
  });

  it('does not answer for a new stream: the old one goes on', async () => {
    const server = await serve(1);
    const application = scene.application({ port: server.port, streamDeadlineMs: 40 });
    await application.started;
    const first = await server.nextStream();
    server.onStream = (stream) => stream.fail(status.RESOURCE_EXHAUSTED);
    await server.nextStream();
    await server.nextStream();
    first.sendAll(version(2));
    await application.sees(2);
    expect(application.events).to.deep.equal(['CHANGED']);
  });
});
