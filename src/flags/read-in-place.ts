import { isAscii, isUtf8 } from 'node:buffer';
import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { indexMembers, skipSpace } from './member-index';
import { parseOthers, type FlagSet, type Member } from './parse-flag-set';
import { keyAt, type SetText } from './set-text';

/**
 * The fast way to take a flag set apart: finds the flags in the text and parses them one by one, so that none is kept in
 * memory longer than it takes to check it.
 *
 * @returns undefined if the text is unusual: no object with an object under `flags`, or a key stands twice in one
 * @throws SyntaxError if the text is no JSON, here or where a member is read
 */
export function readInPlace(bytes: Buffer): FlagSet | undefined {
  if (!isUtf8(bytes)) return undefined;
  const top = indexMembers(bytes, 0);
  if (!top || skipSpace(bytes, top.end) !== bytes.length) return undefined;
  const others = Object.create(null) as JsonObject;
  let text: SetText | undefined;
  for (let member = 0; member < top.starts.length; member++) {
    const key = keyAt({ bytes, members: top }, member);
    const [start, end] = [top.values[member]!, top.ends[member]!];
    if (Object.hasOwn(others, key) || (key === 'flags' && text)) return undefined;
    if (key !== 'flags') others[key] = parseJson(bytes, start, end);
    else {
      const members = indexMembers(bytes, start);
      if (members?.end !== end) return undefined;
      text = { bytes, members };
    }
  }
  if (!text) return undefined;
  const keys = keysOf(text);
  return keys.size === text.members.starts.length
    ? { keys, members: () => membersOf(text, keys), ...parseOthers(others), text }
    : undefined;
}

function keysOf(text: SetText): Set<string> {
  const keys = new Set<string>();
  for (let member = 0; member < text.members.starts.length; member++) keys.add(keyAt(text, member));
  return keys;
}

function* membersOf({ bytes, members: { values, ends } }: SetText, keys: ReadonlySet<string>): Iterable<Member> {
  const ascii = isAscii(bytes) ? bytes.toString('latin1') : undefined;
  let member = 0;
  for (const key of keys) {
    const [start, end] = [values[member]!, ends[member]!];
    const json = () =>
      ascii === undefined ? parseJson(bytes, start, end) : (JSON.parse(ascii.slice(start, end)) as JsonValue);
    yield { key, json, text: { bytes, start, end } };
    member++;
  }
}

function parseJson(bytes: Buffer, start: number, end: number): JsonValue {
  return JSON.parse(bytes.toString('utf8', start, end)) as JsonValue;
}
