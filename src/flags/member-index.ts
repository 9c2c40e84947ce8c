import {
  closeBrace,
  comma,
  invalid,
  openBrace,
  quote,
  skipKey,
  skipSpace,
  skipString,
  skipValue,
} from './json-scanner';

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
 * Where the first member begins of the object that begins at `from`, white space aside.
 *
 * @returns where the object's closing brace is, if it has no members; {@link invalid} if there is no object
 */
export function firstMember(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === openBrace ? skipSpace(bytes, at + 1) : invalid;
}

/**
 * Where the member begins that follows on a value that ends at `end`.
 *
 * @returns where the object's closing brace is, if it was the last; {@link invalid} if neither follows
 */
export function nextMember(bytes: Uint8Array, end: number): number {
  const at = skipSpace(bytes, end);
  if (bytes[at] === closeBrace) return at;
  if (bytes[at] !== comma) return invalid;
  const start = skipSpace(bytes, at + 1);
  return bytes[start] === quote ? start : invalid;
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
