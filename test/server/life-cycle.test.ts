import { once } from 'node:events';
import { connect } from 'node:http2';
import { expect } from 'chai';
import { Fixture, flag } from './fixture';
import { contractNames } from './test-client';

describe('SyncServer, from start to stop', () => {
  const fixture = Fixture.perTest();

  for (const contract of contractNames) {
    it(`ends streams of ${contract} so that clients come again, and serves them when it is back`, async () => {
      const server = await fixture().start();
      const { port } = server;
      server.setFlag('a', flag());
      const client = fixture().connect(server, contract);
      const stream = client.syncFlags();
      await stream.next();
      await server.stop();
      expect(await stream.ended).to.include({ code: 14, details: 'The sync server is stopping.' });
      const again = fixture().create({ port });
      again.setFlag('b', flag());
      await again.start();
      expect((await fixture().connect(again, contract).syncFlags().next()).set).to.deep.equal({ flags: { b: flag() } });
    });
  }

  it('can be started again, with the flags set in code and those that the file has by then', async () => {
    const path = fixture().write('flags.json', { flags: { a: flag('on') } });
    const server = await fixture().start({ files: [path] });
    server.setFlag('b', flag());
    await server.stop();
    fixture().write('flags.json', { flags: { a: flag('off') } });
    server.setFlag('c', flag());
    await server.start();
    const stream = fixture().connect(server, 'sync.v1').syncFlags();
    expect((await stream.next()).set).to.deep.equal({ flags: { a: flag('off'), b: flag(), c: flag() } });
    fixture().write('flags.json', { flags: { a: flag('on') } });
    expect((await stream.next()).set).to.deep.equal({ flags: { a: flag('on') } });
  });

  it('may be started and stopped at any moment, any number of times', async () => {
    const server = fixture().create();
    await server.stop();
    await Promise.all([server.start(), server.start()]);
    const { port } = server;
    await server.start();
    expect(server.port).to.equal(port);
    await Promise.all([server.stop(), server.stop(), server.start(), server.stop(), server.start()]);
    expect(await fixture().connect(server, 'sync.v1').fetchAllFlags()).to.deep.equal({ flags: {} });
    await Promise.all([server.stop(), server.stop()]);
    expect(() => server.port).to.throw('does not run');
  });

  it('serves nothing on the port if a file is refused', async () => {
    const good = fixture().write('good.json', { flags: {} });
    const broken = fixture().write('broken.json', '{');
    const probe = await fixture().start();
    const { port } = probe;
    await probe.stop();
    const server = fixture().create({ files: [good, broken], port });
    await server.start().catch(() => undefined);
    await fixture().start({ port });
  });

  it('leaves nothing behind', async () => {
    const before = resources();
    const server = await fixture().start({ files: [fixture().write('flags.json', { flags: {} })] });
    const session = connect(`http://${server.target}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/sync.v1.FlagSyncService/SyncFlags',
      'content-type': 'application/grpc',
    });
    stream.end(Buffer.alloc(5));
    stream.resume();
    await fixture().logger.line(/Client 1 subscribed/);
    const closed = once(session, 'close');
    await Promise.all([server.stop(), closed]);
    // some is let go in the next turns of the event loop only
    while (resources().join() !== before.join()) await new Promise((done) => setImmediate(done));
  });
});

/** What keeps the process alive, timers of mocha's aside. */
function resources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => name !== 'Timeout' && name !== 'TTYWrap' && name !== 'PipeWrap')
    .sort();
}
