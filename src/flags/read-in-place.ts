import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '@openfeature/server-sdk';
import { FlagEntry } from './flag-entry';
import { closeBrace, invalid, quote, skipKey, skipSpace, skipValue } from './json-scanner';
import { parseText } from './json-text';
import { firstMember, keyAt, memberIndex, nextMember } from './member-index';
import type { Surroundings } from './parse-flag';
import { parseOthers, type FlagSet } from './parse-flag-set';
import type { PersistentMap } from './persistent-map';
import { skipSame } from './skip-same';
import type { SetText } from './set-text';

/** Flags as they are found in a text. */
interface FoundFlags {
  readonly text: SetText;
  readonly keys: ReadonlySet<string>;
  /** For each flag the known one, if it says the same. */
  readonly same: readonly (FlagEntry | undefined)[];
}

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

function findFlags(bytes: Buffer, from: number, known: PersistentMap<FlagEntry>): FoundFlags | undefined {
  const keys = new Set<string>();
  const same: (FlagEntry | undefined)[] = [];
  const starts: number[] = [];
  const values: number[] = [];
  const ends: number[] = [];
  let at = firstMember(bytes, from);
  while (bytes[at] === quote) {
    const value = skipKey(bytes, at);
    if (value === invalid) return undefined;
    const key = keyAt(bytes, at);
    let entry = known.get(key);
    let end = entry ? skipSame(entry.text, bytes, value) : invalid;
    if (end === invalid) {
      entry = undefined;
      end = skipValue(bytes, value);
    }
    keys.add(key);
    same.push(entry);
    starts.push(at);
    values.push(value);
    ends.push(end);
    at = nextMember(bytes, end);
  }
  if (bytes[at] !== closeBrace || keys.size !== starts.length) return undefined;
  return { text: { bytes, members: memberIndex(starts, values, ends, at + 1) }, keys, same };
}

function* entriesOf({ text: { bytes, members }, keys, same }: FoundFlags, surroundings: Surroundings) {
  let member = 0;
  for (const key of keys) {
    const place = { bytes, start: members.values[member]!, end: members.ends[member]! };
    yield same[member]?.within(surroundings) ?? new FlagEntry(key, place, surroundings);
    member++;
  }
}
