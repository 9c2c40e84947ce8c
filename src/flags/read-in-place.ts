import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '@openfeature/server-sdk';
import { FlagEntry } from './flag-entry';
import { invalid, skipSpace, skipValue } from './json-scanner';
import { parseText } from './json-text';
import { indexMembers, keyAt, visitMembers } from './member-index';
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
  let text: SetText | undefined;
  const end = visitMembers(bytes, 0, (start, value) => {
    const key = keyAt(bytes, start);
    if (Object.hasOwn(others, key) || (key === 'flags' && text)) return invalid;
    if (key !== 'flags') {
      const valueEnd = skipValue(bytes, value);
      if (valueEnd !== invalid) others[key] = parseText({ bytes, start: value, end: valueEnd });
      return valueEnd;
    }
    const members = indexMembers(bytes, value);
    text = members && { bytes, members };
    return members?.end ?? invalid;
  });
  if (!text || end === invalid || skipSpace(bytes, end) !== bytes.length) return undefined;
  const found = text;
  const keys = keysOf(found);
  if (keys.size !== found.members.starts.length) return undefined;
  const entries = (surroundings: Surroundings) => entriesOf(found, keys, surroundings);
  return { keys, entriesIn: entries, ...parseOthers(others), text: found };
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
