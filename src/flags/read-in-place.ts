import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '@openfeature/server-sdk';
import { FlagEntry } from './flag-entry';
import { closeBrace, invalid, quote, skipKey, skipSpace, skipValue } from './json-scanner';
import { parseText } from './json-text';
import { firstMember, indexMembers, keyAt, nextMember, type MemberIndex } from './member-index';
import type { Surroundings } from './parse-flag';
import { parseOthers, type FlagSet } from './parse-flag-set';
import type { SetText } from './set-text';

/**
 * The fast way to take a flag set apart: finds the flags in the text, and parses none.
 *
 * @returns undefined if the text is no JSON, or unusual: no object with an object under `flags`, or a key stands twice
 */
export function readInPlace(bytes: Buffer): FlagSet | undefined {
  if (!isUtf8(bytes)) return undefined;
  const others = Object.create(null) as JsonObject;
  let members: MemberIndex | undefined;
  let at = firstMember(bytes, 0);
  while (bytes[at] === quote) {
    const value = skipKey(bytes, at);
    if (value === invalid) return undefined;
    const key = keyAt(bytes, at);
    let end;
    if (key === 'flags') {
      if (members) return undefined;
      members = indexMembers(bytes, value);
      end = members?.end ?? invalid;
    } else {
      end = skipValue(bytes, value);
      if (end === invalid || Object.hasOwn(others, key)) return undefined;
      others[key] = parseText({ bytes, start: value, end });
    }
    at = nextMember(bytes, end);
  }
  if (!members || bytes[at] !== closeBrace || skipSpace(bytes, at + 1) !== bytes.length) return undefined;
  const text = { bytes, members };
  const keys = keysOf(text);
  if (keys.size !== members.starts.length) return undefined;
  return { keys, entriesIn: (surroundings) => entriesOf(text, keys, surroundings), ...parseOthers(others), text };
}

function keysOf({ bytes, members: { starts } }: SetText): Set<string> {
  const keys = new Set<string>();
  for (const start of starts) keys.add(keyAt(bytes, start));
  return keys;
}

function* entriesOf(
  { bytes, members }: SetText,
  keys: ReadonlySet<string>,
  surroundings: Surroundings,
): Iterable<FlagEntry> {
  let member = 0;
  for (const key of keys) {
    yield new FlagEntry(key, { bytes, start: members.values[member]!, end: members.ends[member]! }, surroundings);
    member++;
  }
}
