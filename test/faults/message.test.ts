import { expect } from 'chai';
import { ScriptedServer, SYNC_STATE_ALL, SYNC_STATE_UPDATE } from '../support/scripted-server';
import type { ScriptedStream } from '../support/scripted-server';
import { Scene, version } from './application';
import type { Application } from './application';

describe('a message that', () => {
  const scene = new Scene();
  afterEach(() => scene.end());

  async function connect(options: Parameters<Scene['application']>[0] = {}): Promise<[Application, ScriptedStream]> {
    const server = scene.add(await ScriptedServer.start());
    server.onStream = (stream) => stream.sendAll(version(1));
    const application = scene.application({ port: server.port, ...options });
    await application.started;
    return [application, await server.nextStream()];
  }

  for (const [what, bytes] of [
    ['is malformed JSON', Buffer.from('{"flags":{"version":')],
    ['is JSON without flags', Buffer.from('[1,2,3]')],
    ['is broken UTF-8', Buffer.from(version(9).replace('version', 'versi\xffn'), 'latin1')],
    ['is empty', Buffer.alloc(0)],
  ] as const) {
    it(`${what} changes nothing, is loud, and the next good one ends it`, async () => {
      const [application, stream] = await connect();
      stream.sendBytes(withFlagSet(bytes));
      await application.until(({ told }) => told.length > 0);
      expect(application.events).to.deep.equal(['STALE']);
      expect(application.told[0]).to.have.length.above('STALE: '.length);
      expect(application.warnings).to.have.length(1);
      expect(application.version).to.equal(1);
      stream.sendAll(version(2));
      await application.sees(2);
      expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED']);
    });
  }

  it('is no protobuf does not end the stream', async () => {
    const [application, stream] = await connect();
    stream.sendBytes(Buffer.from('<html>502</html>'));
    await application.until(({ told }) => told.length > 0);
    stream.sendAll(version(2));
    await application.sees(2);
    expect(application.events).to.deep.equal(['STALE', 'READY', 'CHANGED']);
  });

  it('is malformed and the first of all does not resolve initialize()', async () => {
    const server = scene.add(await ScriptedServer.start());
    server.onStream = (stream) => stream.sendAll('{');
    const application = scene.application({ port: server.port });
    expect(await application.complaint()).to.match(/JSON/);
    (await server.nextStream()).sendAll(version(1));
    await application.sees(1);
  });

  it('has an event type that nobody knows is ignored', async () => {
    const [application, stream] = await connect({ protocol: 'sync.v1' });
    stream.send(0, version(7));
    stream.send(4711, version(8));
    stream.send(SYNC_STATE_UPDATE, version(2));
    await application.sees(2);
    expect(application.events).to.deep.equal(['CHANGED']);
  });

  it('is larger than maxMessageBytes says so, and a smaller one is taken', async () => {
    const server = scene.add(await ScriptedServer.start());
    server.onStream = (stream) => stream.sendAll(version(1, 'x'.repeat(20_000)));
    const application = scene.application({ port: server.port, maxMessageBytes: 10_000 });
    expect(await application.complaint())
      .to.contain('larger than maxMessageBytes')
      .and.contain('10000');
    server.onStream = (stream) => stream.sendAll(version(2));
    await application.sees(2);
  });

  it('is larger than the 4 MiB that gRPC allows by default is taken', async () => {
    const [application, stream] = await connect();
    stream.sendAll(version(2, 'x'.repeat(5_000_000)));
    await application.sees(2);
    expect(application.told).to.deep.equal(['CHANGED: version']);
  });

  it('is as large as 100 MB is taken', async () => {
    const [application, stream] = await connect();
    stream.sendAll(version(2, 'x'.repeat(100_000_000)));
    await application.sees(2);
  }).timeout(60_000);

  it('is one of 2,000 in a burst: the last one wins, few are applied, and the event loop breathes', async () => {
    const [application, stream] = await connect();
    let turns = 0;
    const breathe = setInterval(() => turns++, 1);
    for (let number = 2; number <= 2001; number++) stream.sendAll(version(number, 'x'.repeat(1000)));
    await application.sees(2001);
    clearInterval(breathe);
    expect(application.told.length).to.be.below(1000);
    expect(turns).to.be.above(5);
  });

  it('is one of 2,000 changes in a burst: each is applied, in order', async () => {
    const [application, stream] = await connect({ protocol: 'sync.v1' });
    stream.send(SYNC_STATE_ALL, version(1));
    for (let number = 2; number <= 2001; number++) stream.send(SYNC_STATE_UPDATE, version(number));
    await application.sees(2001);
    expect(application.told).to.have.length(2000);
  });
});

/** A message of flagd.sync.v1, whatever its text may be. */
function withFlagSet(text: Buffer): Buffer {
  const tagAndLength = [0x0a, (text.length & 0x7f) | (text.length > 0x7f ? 0x80 : 0)];
  return Buffer.concat([Buffer.from(text.length > 0x7f ? [...tagAndLength, text.length >> 7] : tagAndLength), text]);
}
