import { BinaryReader, BinaryWriter } from 'google-protobuf';
import { expect } from 'chai';
import fc from 'fast-check';
import { eachField, encodeTexts, wireType, type Field } from '../../src/sync/wire';

const fieldNumber = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 29 - 1 }));
const text = fc.string({ unit: 'binary' });

/** How google-protobuf writes a value, and how this client reads it. */
type Kind = 'enum' | 'bool' | 'double' | 'text' | 'bytes';
const value = fc.oneof(
  fc.tuple(fc.constant<Kind>('enum'), fc.integer()),
  fc.tuple(fc.constant<Kind>('bool'), fc.boolean()),
  fc.tuple(fc.constant<Kind>('double'), fc.double()),
  fc.tuple(fc.constant<Kind>('text'), fc.oneof(text, fc.constant('ü'.repeat(10_000)))),
  fc.tuple(fc.constant<Kind>('bytes'), fc.uint8Array()),
);

function write(writer: BinaryWriter, number: number, kind: Kind, value: unknown): void {
  if (kind === 'enum') writer.writeEnum(number, value as number);
  if (kind === 'bool') writer.writeBool(number, value as boolean);
  if (kind === 'double') writer.writeDouble(number, value as number);
  if (kind === 'text') writer.writeString(number, value as string);
  if (kind === 'bytes') writer.writeBytes(number, value as Uint8Array);
}

function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  eachField(message, (field) => fields.push(field));
  return fields;
}

/** Number, wire type and end of each field, undefined if that throws. */
type Outline = number[][] | undefined;

function outline(message: Uint8Array): Outline {
  try {
    return fieldsOf(message).map((field) => [field.number, field.wireType, field.end]);
  } catch (error) {
    expect(error).to.be.instanceOf(Error);
    return undefined;
  }
}

function outlineOfGoogle(message: Uint8Array): Outline {
  try {
    const fields: number[][] = [];
    const reader = new BinaryReader(message);
    while (reader.nextField()) {
      const tag = [reader.getFieldNumber(), reader.getWireType()];
      reader.skipField();
      fields.push([...tag, reader.getCursor()]);
    }
    return fields;
  } catch {
    return undefined;
  }
}

const groups = (depth: number) => [...Array<number>(depth).fill(0x0b), ...Array<number>(depth).fill(0x0c)];

describe('the protobuf wire format', () => {
  it('is read as google-protobuf writes it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fieldNumber, value)), (written) => {
        const writer = new BinaryWriter();
        for (const [number, [kind, value]] of written) write(writer, number, kind, value);
        const fields = fieldsOf(writer.getResultBuffer());
        const read = fields.map((field, index) => [field.number, field[written[index]![1][0]]()]);
        expect(read).to.deep.equal(written.map(([number, [, value]]) => [number, value]));
      }),
      { numRuns: 300 },
    );
  });

  it('is read where the message is a part of a larger buffer', () => {
    const writer = new BinaryWriter();
    writer.writeDouble(1, 1.5);
    writer.writeString(2, 'ü');
    const message = writer.getResultBuffer();
    const [double, string] = fieldsOf(
      Buffer.concat([Buffer.from('before'), message, Buffer.from('after')]).subarray(6, -5),
    );
    expect([double?.double(), string?.text()]).to.deep.equal([1.5, 'ü']);
  });

  it('is read without a copy', () => {
    const message = Uint8Array.of(0x0a, 2, 7, 8);
    const [field] = fieldsOf(message);
    expect(field?.bytes().buffer).to.equal(message.buffer);
  });

  it('keeps a byte order mark, which is part of a text', () => {
    expect(fieldsOf(encodeTexts({ 1: '\uFEFFa' }))[0]?.text()).to.equal('\uFEFFa');
  });

  it('takes any bit of a number for true', () => {
    const [field] = fieldsOf(Uint8Array.of(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01));
    expect(field?.bool()).to.equal(true);
    expect(field?.enum()).to.equal(0);
  });

  it('may have groups, which are one field each', () => {
    const message = [0x0b, 0x0b, 0x10, 0x96, 0x01, 0x0c, 0x1a, 1, 0x0c, 0x0c, 0x20, 1];
    expect(outline(Uint8Array.from(message))).to.deep.equal([
      [1, wireType.startGroup, 10],
      [4, wireType.varint, 12],
    ]);
    expect(outline(Uint8Array.from(groups(200)))).to.have.length(1);
  });

  for (const [what, ...bytes] of [
    ['a tag that is cut off', 0x80],
    ['a field without a value', 0x08],
    ['a number that is cut off', 0x08, 0x80],
    ['a number of eleven bytes', 0x08, ...Array<number>(10).fill(0x80), 1],
    ['a length that is cut off', 0x0a, 0x80],
    ['a length beyond the end', 0x0a, 3, 1, 2],
    ['a length of almost 4 GiB', 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1],
    ['seven bytes of eight', 0x09, 1, 2, 3, 4, 5, 6, 7],
    ['three bytes of four', 0x0d, 1, 2, 3],
    ['the field number 0', 0x00, 1],
    ['the wire type 6', 0x0e, 1],
    ['the wire type 7', 0x0f, 1],
    ['a group that does not end', 0x0b, 0x10, 1],
    ['a group that ends as another', 0x0b, 0x14],
    ['a group that only ends', 0x0c],
    ['groups that are nested too deeply', ...groups(201)],
    ['groups that are nested very deeply', ...groups(1_000_000)],
  ] as const) {
    it(`has not: ${what}`, () => {
      expect(() => fieldsOf(Uint8Array.from(bytes))).to.throw(Error, /^not a protobuf message: .*, at byte \d+$/);
    });
  }

  it('has no text that is not UTF-8', () => {
    const [field] = fieldsOf(Uint8Array.of(0x0a, 1, 0xff));
    expect(() => field?.text()).to.throw('not a protobuf message: a text is not valid UTF-8, at byte 2');
  });

  it('is what google-protobuf takes for it, whatever the bytes', () => {
    const likely = fc.array(fc.constantFrom(0, 1, 2, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x12, 0x13, 0x14, 0x80, 0xff));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          likely.map((bytes) => Uint8Array.from(bytes)),
        ),
        (bytes) => {
          expect(outline(bytes)).to.deep.equal(outlineOfGoogle(bytes));
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('is written as google-protobuf does, without what is empty', () => {
    fc.assert(
      fc.property(fc.dictionary(fieldNumber.map(String), fc.oneof(text, fc.constant('x'.repeat(20_000)))), (texts) => {
        const writer = new BinaryWriter();
        for (const [number, text] of Object.entries(texts)) if (text !== '') writer.writeString(Number(number), text);
        expect(encodeTexts(texts)).to.deep.equal(Buffer.from(writer.getResultBuffer()));
      }),
      { numRuns: 300 },
    );
    expect(encodeTexts({ 1: undefined, 2: '' })).to.have.length(0);
  });

  it('is written from any string, if need be with replacement characters', () => {
    expect(fieldsOf(encodeTexts({ 1: 'a\ud800' }))[0]?.text()).to.equal('a\ufffd');
  });
});
