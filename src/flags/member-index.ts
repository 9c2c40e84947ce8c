import { closeBrace, comma, invalid, openBrace, skipKey, skipSpace, skipString, skipValue } from './json-scanner';

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

/** What is an escape in a JSON string. */
const escape = '\\';

/**
 * Finds the members of the object that begins at `from`, white space aside.
 *
 * @returns undefined if there is no object, or it is no JSON
 */
export function indexMembers(bytes: Uint8Array, from: number): MemberIndex | undefined {
  const starts: number[] = [];
  const values: number[] = [];
  const ends: number[] = [];
  const end = visitMembers(bytes, from, (start, value) => {
    const valueEnd = skipValue(bytes, value);
    starts.push(start);
    values.push(value);
    ends.push(valueEnd);
    return valueEnd;
  });
  if (end === invalid) return undefined;
  return { starts: Int32Array.from(starts), values: Int32Array.from(values), ends: Int32Array.from(ends), end };
}

/**
 * Goes through the members of the object that begins at `from`, white space aside.
 *
 * @param visit is given where the key and the value of each begin, and says where the value ends
 * @returns where the object ends; {@link invalid} if there is none, or it is no JSON
 */
export function visitMembers(bytes: Uint8Array, from: number, visit: (start: number, value: number) => number): number {
  let at = skipSpace(bytes, from);
  if (bytes[at] !== openBrace) return invalid;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === closeBrace) return at + 1;
  for (;;) {
    const value = skipKey(bytes, at);
    if (value === invalid) return invalid;
    at = skipSpace(bytes, visit(at, value));
    if (bytes[at] !== comma) return bytes[at] === closeBrace ? at + 1 : invalid;
    at = skipSpace(bytes, at + 1);
  }
}

/** Behind the member that begins at `at`; {@link invalid} if there is none. */
export function skipMember(bytes: Uint8Array, at: number): number {
  return skipValue(bytes, skipKey(bytes, at));
}

/** The key of the member that begins at `start`. */
export function keyAt(bytes: Buffer, start: number): string {
  const end = skipString(bytes, start);
  const key = bytes.toString('utf8', start + 1, end - 1);
  return key.includes(escape) ? (JSON.parse(`"${key}"`) as string) : key;
}
