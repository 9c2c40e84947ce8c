import { BinaryWriter } from 'google-protobuf';
import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb';
import { expect } from 'chai';
import fc from 'fast-check';
import * as flagd from '../../generated/flagd/sync/v1/sync_pb';
import * as first from '../../generated/sync/v1/sync_service_pb';
import { decodeFetchedFlags, decodeFirstMessage, decodeFlagdMessage, decodeMetadata } from '../../src/sync/decode';
import { fetchedFlags, flagdMessage, metadataAnswer, syncMessage } from '../support/scripted-server';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

const anyString = fc.string({ unit: 'binary' });
/** The generated class loses `__proto__`; see below for that. */
const anyKey = anyString.filter((key) => key !== '__proto__');
const { value: anyValue } = fc.letrec<{ value: JavaScriptValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    anyString,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const anyContext = fc.dictionary(anyKey, anyValue, { maxKeys: 6, noNullPrototype: true });
/** Fields of every wire type, with numbers that no message of the contracts has. */
const unknownFields = fc
  .array(
    fc.tuple(
      fc.integer({ min: 10, max: 2 ** 29 - 1 }),
      fc.constantFrom<(writer: BinaryWriter, number: number) => void>(
        (writer, number) => writer.writeInt32(number, -1),
        (writer, number) => writer.writeFixed64(number, 2 ** 40),
        (writer, number) => writer.writeString(number, 'unknown'),
        (writer, number) => writer.writeFixed32(number, 7),
        (writer, number) =>
          writer.writeGroup(number, {}, (_: unknown, group: BinaryWriter) => group.writeBool(1, true)),
      ),
    ),
    { maxLength: 3 },
  )
  .map((fields) => {
    const writer = new BinaryWriter();
    for (const [number, write] of fields) write(writer, number);
    return Buffer.from(writer.getResultBuffer());
  });

/** A Struct with one key `a`, whose value is nested so deep, in Structs or in lists. */
function nested(levels: number, kind: 'Struct' | 'list'): Buffer {
  let value: Buffer = Buffer.of(0x08, 0);
  for (let level = 1; level < levels; level++) {
    value = kind === 'list' ? delimited(6, delimited(1, value)) : delimited(5, entry(value));
  }
  return delimited(2, entry(value));
}

const entry = (value: Buffer) => delimited(1, Buffer.concat([delimited(1, Buffer.from('a')), delimited(2, value)]));

function delimited(number: number, bytes: Buffer): Buffer {
  const writer = new BinaryWriter();
  writer.writeBytes(number, bytes);
  return Buffer.from(writer.getResultBuffer());
}

/** What the generated classes make of a message, undefined if they refuse it; they take a byte order mark off a text. */
function readByGoogle(message: Uint8Array) {
  try {
    const response = flagd.SyncFlagsResponse.deserializeBinary(message);
    return { flagSet: response.getFlagConfiguration(), syncContext: response.getSyncContext()?.toJavaScript() };
  } catch {
    return undefined;
  }
}

function readByUs(message: Uint8Array) {
  try {
    const event = decodeFlagdMessage(message);
    if (event.type !== 'ALL') throw new TypeError(event.type);
    return { flagSet: new TextDecoder().decode(event.flagSet), syncContext: event.syncContext };
  } catch (error) {
    expect(error).to.be.instanceOf(Error).and.not.instanceOf(RangeError).and.not.instanceOf(TypeError);
    return undefined;
  }
}

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

  it('reads what the generated classes write, among fields that it does not know', () => {
    fc.assert(
      fc.property(anyString, anyContext, unknownFields, unknownFields, (flagSet, context, before, after) => {
        const message = Buffer.concat([before, flagdMessage(flagSet, context), after]);
        const event = decodeFlagdMessage(message);
        if (event.type !== 'ALL') throw new Error(event.type);
        expect(text(event.flagSet)).to.equal(flagSet);
        expect(event.syncContext).to.deep.equal(context);
      }),
      { numRuns: 500 },
    );
  });

  it('takes the last of a field that comes twice, like the generated classes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyString, fc.option(anyContext, { nil: undefined }))), (messages) => {
        const whole = Buffer.concat(messages.map(([flagSet, context]) => flagdMessage(flagSet, context)));
        expect(readByUs(whole)).to.deep.equal(readByGoogle(whole));
      }),
    );
  });

  it('ends with a message or an Error for any bytes, and with the same message as the generated classes', () => {
    const plain = anyContext.map(
      (context) => JSON.parse(JSON.stringify(context).replaceAll('\uFEFF', '')) as typeof context,
    );
    const damaged = fc
      .tuple(plain, unknownFields, fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }))
      .map(([context, unknown, length, changes]) => {
        const message = Buffer.concat([flagdMessage('{}', context), unknown, flagdMessage('{}')]);
        for (const [at, byte] of changes) message[at % message.length] = byte;
        return message.subarray(0, message.length - (length % 8));
      });
    let agreed = 0;
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), damaged), (message) => {
        const [ours, theirs] = [readByUs(message), readByGoogle(message)];
        if (!ours || !theirs) return;
        expect(ours).to.deep.equal(theirs);
        agreed++;
      }),
      { numRuns: 3000 },
    );
    expect(agreed).to.be.above(100);
  });

  it('refuses a context that is nested deeper than 500 levels, and says so', () => {
    for (const kind of ['Struct', 'list'] as const) {
      expect(decodeFlagdMessage(nested(500, kind))).to.have.property('syncContext');
      for (const levels of [501, 2000]) {
        expect(() => decodeFlagdMessage(nested(levels, kind))).to.throw(Error, 'nested deeper than 500 levels');
      }
    }
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

  it('has the numbers of the generated enum', () => {
    for (const [name, state] of Object.entries(first.SyncState)) {
      const type = name.replace('SYNC_STATE_', '').replace('UNSPECIFIED', 'UNKNOWN');
      expect(decodeFirstMessage(syncMessage(Number(state))).type).to.equal(type);
    }
  });

  it('reads what the generated class writes, among fields that it does not know', () => {
    fc.assert(
      fc.property(anyString, unknownFields, unknownFields, (flagSet, before, after) => {
        const written = new first.SyncFlagsResponse()
          .setFlagConfiguration(flagSet)
          .setState(first.SyncState.SYNC_STATE_ADD);
        const event = decodeFirstMessage(Buffer.concat([before, written.serializeBinary(), after]));
        expect(event.type === 'ADD' && text(event.flagSet)).to.equal(flagSet);
      }),
    );
  });

  it('knows a state that is written as a negative number, which takes ten bytes', () => {
    expect(decodeFirstMessage(syncMessage(-2))).to.deep.equal({ type: 'UNKNOWN', state: -2 });
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
    fc.assert(
      fc.property(anyContext, (context) => {
        expect(decodeMetadata(metadataAnswer(context))).to.deep.equal(context);
      }),
    );
  });
});
