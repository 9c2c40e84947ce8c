/** Where the members of a JSON object are in its text, in the order of the text. All are offsets in bytes. */
export interface MemberIndex {
  /** Of the opening quote of each key. */
  readonly starts: Int32Array;
  /** Of the first byte of each value. */
  readonly values: Int32Array;
  /** Behind the last byte of each value. */
  readonly ends: Int32Array;
  /** Behind the closing brace. */
  readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/**
 * Finds the members of the object that begins at `from`, white space aside. Checks what is between keys and values; the
 * keys and values themselves may be no JSON.
 *
 * @returns undefined if there is no object
 */
export function indexMembers(bytes: Uint8Array, from: number): MemberIndex | undefined {
  let at = skipSpace(bytes, from);
  if (bytes[at] !== openBrace) return undefined;
  const starts: number[] = [];
  const values: number[] = [];
  const ends: number[] = [];
  at = skipSpace(bytes, at + 1);
  if (bytes[at] !== closeBrace) {
    for (;;) {
      if (bytes[at] !== quote) return undefined;
      starts.push(at);
      at = skipColon(bytes, skipString(bytes, at));
      values.push(at);
      at = skipValue(bytes, at);
      ends.push(at);
      at = skipSpace(bytes, at);
      if (bytes[at] === closeBrace) break;
      if (bytes[at] !== comma) return undefined;
      at = skipSpace(bytes, at + 1);
    }
  }
  return { starts: Int32Array.from(starts), values: Int32Array.from(values), ends: Int32Array.from(ends), end: at + 1 };
}

/** Behind the member that begins at `at`; somewhere in or behind the text if there is none. */
export function skipMember(bytes: Uint8Array, at: number): number {
  return skipValue(bytes, skipColon(bytes, skipString(bytes, at)));
}

/** Behind the white space, if there is any at `from`. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  return at;
}

function skipColon(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === colon ? skipSpace(bytes, at + 1) : bytes.length;
}

/** Behind the string whose opening quote is at `from`. */
export function skipString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (; at < bytes.length && bytes[at] !== quote; at++) {
    if (bytes[at] === backslash) at++;
  }
  return at + 1;
}

function skipValue(bytes: Uint8Array, from: number): number {
  const first = bytes[from];
  if (first === quote) return skipString(bytes, from);
  return first === openBrace || first === openBracket ? skipNested(bytes, from) : skipScalar(bytes, from);
}

function skipNested(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = skipString(bytes, at) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1;
  }
  return bytes.length;
}

function skipScalar(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === comma || byte === closeBrace || byte === closeBracket || byte <= 0x20) break;
  }
  return at;
}
