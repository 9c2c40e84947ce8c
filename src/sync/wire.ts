import { isUtf8 } from 'node:buffer';

// What the client needs of the protobuf wire format, by hand: google-protobuf takes about as long to load as all of the
// client, and the generated classes would make a string of the text of a flag set.

/** What a field's tag says of how its value is encoded. */
export const wireType = { varint: 0, fixed64: 1, delimited: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

const longestVarint = 10;
/** Groups are of the time before proto3, and only ever skipped. */
const deepestGroup = 200;

/**
 * Calls `read` for each field of a message, in order. One that it does not read is skipped, as protobuf asks for unknown
 * fields.
 *
 * @throws Error if the bytes are no protobuf message.
 */
export function eachField(message: Uint8Array, read: (field: Field) => void): void {
  let at = 0;
  while (at < message.length) {
    const field = new Field(message, at, 0);
    if (field.wireType === wireType.endGroup) throw malformed(at, 'a group ends that did not begin');
    read(field);
    at = field.end;
  }
}

/** A field of a protobuf message. Its value may be read as what its wire type allows, and as often as one likes. */
export class Field {
  readonly number: number;
  readonly wireType: number;
  /** Where the next field begins. */
  readonly end: number;
  readonly #message: Uint8Array;
  /** Where the value begins; that of a delimited field is without its length. */
  readonly #start: number;

  /**
   * @param depth how many groups it is in
   * @throws Error if there is no whole field
   */
  constructor(message: Uint8Array, at: number, depth: number) {
    const tag = readVarint(message, at);
    this.number = tag.value >>> 3;
    this.wireType = tag.value & 7;
    if (this.number === 0) throw malformed(at, 'a field has the number 0');
    const value = extent(message, tag.end, this, depth);
    if (value.end > message.length) throw malformed(at, 'a field is cut off');
    this.#message = message;
    this.#start = value.start;
    this.end = value.end;
  }

  /** Without a copy: the text of a large flag set is megabytes. */
  bytes(): Uint8Array {
    return this.#message.subarray(this.#start, this.end);
  }

  /** @throws Error if it is not valid UTF-8 */
  text(): string {
    const bytes = this.bytes();
    if (!isUtf8(bytes)) throw malformed(this.#start, 'a text is not valid UTF-8');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  }

  double(): number {
    const { buffer, byteOffset } = this.#message;
    return new DataView(buffer, byteOffset + this.#start).getFloat64(0, true);
  }

  enum(): number {
    return readVarint(this.#message, this.#start).value;
  }

  bool(): boolean {
    return this.bytes().some((byte) => (byte & 0x7f) !== 0);
  }
}

/** Where the value of a field begins and ends; the end may lie beyond the message. */
function extent(
  message: Uint8Array,
  start: number,
  { number, wireType: type }: Pick<Field, 'number' | 'wireType'>,
  depth: number,
): { start: number; end: number } {
  switch (type) {
    case wireType.varint:
      return { start, end: readVarint(message, start).end };
    case wireType.fixed64:
      return { start, end: start + 8 };
    case wireType.fixed32:
      return { start, end: start + 4 };
    case wireType.delimited: {
      const length = readVarint(message, start);
      return { start: length.end, end: length.end + (length.value >>> 0) };
    }
    case wireType.startGroup:
      return { start, end: endOfGroup(message, start, number, depth + 1) };
    case wireType.endGroup:
      return { start, end: start };
    default:
      throw malformed(start, `there is no wire type ${type}`);
  }
}

function endOfGroup(message: Uint8Array, start: number, number: number, depth: number): number {
  if (depth > deepestGroup) throw malformed(start, `groups are nested deeper than ${deepestGroup} levels`);
  let field: Field;
  let at = start;
  do {
    field = new Field(message, at, depth);
    at = field.end;
  } while (field.wireType !== wireType.endGroup);
  if (field.number !== number) throw malformed(at, 'a group ends that did not begin');
  return at;
}

/** The lowest 32 bits of a varint, as a signed number. Nothing that is read here has more, though it may be written longer. */
function readVarint(message: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < longestVarint; index++) {
    const byte = message[start + index];
    if (byte === undefined) throw malformed(start, 'a number is cut off');
    if (index < 5) value |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  throw malformed(start, 'a number is too long');
}

function malformed(at: number, what: string): Error {
  return new Error(`not a protobuf message: ${what}, at byte ${at}`);
}

/** A message of texts by their field numbers. As proto3 has it, an empty one is left out, like one that is not there. */
export function encodeTexts(texts: Readonly<Record<number, string | undefined>>): Buffer {
  const fields = Object.entries(texts).map(([number, text = '']) => {
    const bytes = Buffer.from(text, 'utf8');
    if (bytes.length === 0) return bytes;
    return Buffer.concat([varint(((Number(number) << 3) | wireType.delimited) >>> 0), varint(bytes.length), bytes]);
  });
  return Buffer.concat(fields);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
