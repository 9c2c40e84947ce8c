import { connect } from 'node:http2';
import { expect } from 'chai';
import { SyncFlagsResponse } from '../../generated/sync/v1/sync_service_pb';
import { Fixture, flag } from './fixture';

const pushes = 20;
const large = 'x'.repeat(200_000);

describe('SyncServer, with a client that does not read', () => {
  const fixture = Fixture.perTest();

  it('keeps only the newest state for it, and serves the others', async () => {
    const server = await fixture().start();
    const slow = subscribeWithoutReading(server.target);
    const fast = fixture().connect(server, 'sync.v1').syncFlags();
    await Promise.all([fast.next(), fixture().logger.line(/Client 2 subscribed/)]);
    for (let number = 1; number <= pushes; number++) {
      server.setFlag('a', flag('on', { variants: { on: `${number} ${large}` } }));
      await fast.next();
    }
    const versions: string[] = [];
    for await (const message of slow.messages()) {
      const { flags } = JSON.parse(message.getFlagConfiguration()) as { flags: { a?: { variants: { on: string } } } };
      const [version = ''] = flags.a?.variants.on.split(' ') ?? [];
      versions.push(version);
      if (version === String(pushes)) break;
    }
    expect(versions.length).to.be.lessThan(pushes / 2);
  });

  it('stops all the same', async () => {
    const server = await fixture().start();
    server.setFlag('a', flag('on', { variants: { on: large } }));
    subscribeWithoutReading(server.target);
    await fixture().logger.line(/Client 1 subscribed/);
    await server.stop();
    expect(fixture().logger.at('info')).to.include('Client 1 has gone');
  });
});

/** By HTTP/2 itself, because the client of grpc-js reads on and on, whether anybody takes what it reads or not. */
function subscribeWithoutReading(target: string) {
  const session = connect(`http://${target}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/sync.v1.FlagSyncService/SyncFlags',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  session.on('error', () => undefined);
  stream.on('error', () => undefined);
  stream.end(Buffer.alloc(5));
  return {
    /** Begins to read. */
    async *messages(): AsyncGenerator<SyncFlagsResponse> {
      let bytes = Buffer.alloc(0);
      try {
        for await (const chunk of stream) {
          bytes = Buffer.concat([bytes, chunk as Buffer]);
          for (let end; bytes.length >= 5 && bytes.length >= (end = 5 + bytes.readUInt32BE(1));) {
            yield SyncFlagsResponse.deserializeBinary(bytes.subarray(5, end));
            bytes = bytes.subarray(end);
          }
        }
      } finally {
        session.destroy();
      }
    },
  };
}
