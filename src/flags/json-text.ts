import type { JsonValue } from '@openfeature/server-sdk';

/** Valid JSON in UTF-8: from `start` up to `end` in `bytes`. */
export interface JsonText {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

export function parseText({ bytes, start, end }: JsonText): JsonValue {
  return JSON.parse(bytes.toString('utf8', start, end)) as JsonValue;
}

/** Whether both are the same, letter by letter. */
export function isSameText(left: JsonText, right: JsonText): boolean {
  if (left.end - left.start !== right.end - right.start) return false;
  return left.bytes.compare(right.bytes, right.start, right.end, left.start, left.end) === 0;
}
