import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '@openfeature/server-sdk';
import { entriesOf, findFlags, type FoundFlags } from './find-flags';
import type { FlagEntry } from './flag-entry';
import { closeBrace, invalid, quote, skipKey, skipSpace, skipValue } from './json-scanner';
import { parseText } from './json-text';
import { firstMember, keyAt, nextMember } from './member-index';
import { parseOthers, type FlagSet } from './parse-flag-set';
import type { PersistentMap } from './persistent-map';

/**
 * The fast way to take a flag set apart: finds the flags in the text, and parses none.
 *
 * @param known flags of before; one that says the same again is taken over
 * @returns undefined if the text is no JSON, or unusual: no object with an object under `flags`, or a key stands twice
 */
export function readInPlace(bytes: Buffer, known: PersistentMap<FlagEntry>): FlagSet | undefined {
  if (!isUtf8(bytes)) return undefined;
  const others = Object.create(null) as JsonObject;
  let flags: FoundFlags | undefined;
  let at = firstMember(bytes, 0);
  while (bytes[at] === quote) {
    const value = skipKey(bytes, at);
    if (value === invalid) return undefined;
    const key = keyAt(bytes, at);
    let end;
    if (key === 'flags') {
      if (flags) return undefined;
      flags = findFlags(bytes, value, known);
      end = flags?.text.members.end ?? invalid;
    } else {
      end = skipValue(bytes, value);
      if (end === invalid || Object.hasOwn(others, key)) return undefined;
      others[key] = parseText({ bytes, start: value, end });
    }
    at = nextMember(bytes, end);
  }
  if (!flags || bytes[at] !== closeBrace || skipSpace(bytes, at + 1) !== bytes.length) return undefined;
  const { text, keys } = flags;
  const found = flags;
  return { keys, entriesIn: (surroundings) => entriesOf(found, surroundings), ...parseOthers(others), text };
}
