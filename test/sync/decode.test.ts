import { BinaryWriter } from 'google-protobuf';
import { expect } from 'chai';
import { decodeFetchedFlags, decodeFirstMessage, decodeFlagdMessage, decodeMetadata } from '../../src/sync/decode';
import { fetchedFlags, flagdMessage, metadataAnswer, syncMessage } from '../support/scripted-server';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('decoding flagd.sync.v1', () => {
  it('gives the text of the flag set as bytes of the message, without a copy', () => {
    for (const flagSet of ['{}', `{"flags":{}} ${'ü'.repeat(200)}`, 'x'.repeat(100_000)]) {
      const message = flagdMessage(flagSet);
      const event = decodeFlagdMessage(message);
      if (event.type !== 'ALL') throw new Error(event.type);
      expect(text(event.flagSet)).to.equal(flagSet);
      expect(event.flagSet.buffer).to.equal(message.buffer);
      expect(event).not.to.have.property('syncContext');
    }
  });

  it('hands broken UTF-8 on as it is: what it means is for others to say', () => {
    const writer = new BinaryWriter();
    writer.writeBytes(1, Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d));
    const event = decodeFlagdMessage(writer.getResultBuffer());
    expect(event).to.deep.include({ type: 'ALL', flagSet: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d) });
  });

  it('reads a sync context of every kind of value', () => {
    const context = {
      a: 'x',
      b: 1.5,
      c: true,
      d: null,
      e: [1, 'two', [false]],
      f: { g: { h: 'deep' } },
      '': 'empty key',
    };
    const event = decodeFlagdMessage(flagdMessage('{}', context));
    expect(event).to.deep.include({ type: 'ALL', syncContext: context });
  });

  it('distinguishes an empty context from none', () => {
    expect(decodeFlagdMessage(flagdMessage('{}', {}))).to.have.deep.property('syncContext', {});
  });

  it('keeps keys such as __proto__, and values without a kind as null', () => {
    const context = new BinaryWriter();
    const entry = (key: string, value: string | undefined) => {
      context.writeMessage(1, {}, (_: unknown, pair: BinaryWriter) => {
        pair.writeString(1, key);
        pair.writeMessage(2, {}, (_: unknown, kind: BinaryWriter) => {
          if (value !== undefined) kind.writeString(3, value);
        });
      });
    };
    entry('__proto__', 'a');
    entry('constructor', 'b');
    entry('nothing', undefined);
    const message = new BinaryWriter();
    message.writeBytes(2, context.getResultBuffer());

    const event = decodeFlagdMessage(message.getResultBuffer());
    if (event.type !== 'ALL' || !event.syncContext) throw new Error(event.type);
    expect(Object.entries(event.syncContext)).to.deep.equal([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['nothing', null],
    ]);
    expect(Object.getPrototypeOf(event.syncContext)).to.equal(Object.prototype);
  });

  it('skips fields that it does not know', () => {
    const writer = new BinaryWriter();
    writer.writeString(77, 'new');
    writer.writeInt32(1, 5);
    writer.writeString(1, '{}');
    writer.writeDouble(78, 1);
    const event = decodeFlagdMessage(writer.getResultBuffer());
    expect(event.type === 'ALL' && text(event.flagSet)).to.equal('{}');
  });

  it('takes an empty message for an empty text', () => {
    const event = decodeFlagdMessage(Buffer.alloc(0));
    expect(event.type === 'ALL' && event.flagSet.length).to.equal(0);
  });

  for (const [what, bytes] of [
    ['cut off', flagdMessage('{"flags":{}}').subarray(0, 5)],
    ['text', Buffer.from('<html>Service Unavailable</html>')],
    ['all ones', Buffer.alloc(20, 0xff)],
    ['a broken context', Buffer.from([0x12, 3, 0x0a, 0x50, 1])],
  ] as const) {
    it(`refuses what is no message: ${what}`, () => {
      expect(() => decodeFlagdMessage(bytes)).to.throw();
    });
  }
});

describe('decoding sync.v1', () => {
  for (const [state, type] of [
    [1, 'ALL'],
    [2, 'ADD'],
    [3, 'UPDATE'],
    [4, 'DELETE'],
  ] as const) {
    it(`knows ${type}`, () => {
      const event = decodeFirstMessage(syncMessage(state, '{"flags":{}}'));
      expect(event.type).to.equal(type);
      expect('flagSet' in event && text(event.flagSet)).to.equal('{"flags":{}}');
    });
  }

  it('knows PING, and that it carries nothing', () => {
    expect(decodeFirstMessage(syncMessage(5, '{}'))).to.deep.equal({ type: 'PING' });
  });

  it('does not know what is unspecified, or of a later contract', () => {
    expect(decodeFirstMessage(syncMessage(0))).to.deep.equal({ type: 'UNKNOWN', state: 0 });
    expect(decodeFirstMessage(syncMessage(4711))).to.deep.equal({ type: 'UNKNOWN', state: 4711 });
  });
});

describe('decoding the answers of unary calls', () => {
  it('gives fetched flags as bytes', () => {
    expect(text(decodeFetchedFlags(fetchedFlags('{"flags":{}}')))).to.equal('{"flags":{}}');
    expect(decodeFetchedFlags(Buffer.alloc(0))).to.have.length(0);
  });

  it('gives metadata as a plain object, empty if there is none', () => {
    expect(decodeMetadata(metadataAnswer({ region: 'eu' }))).to.deep.equal({ region: 'eu' });
    expect(decodeMetadata(Buffer.alloc(0))).to.deep.equal({});
  });
});
