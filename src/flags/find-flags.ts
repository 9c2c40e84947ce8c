import { FlagEntry } from './flag-entry';
import { closeBrace, invalid, quote, skipKey, skipValue } from './json-scanner';
import { firstMember, keyAt, nextMember } from './member-index';
import type { Surroundings } from './parse-flag';
import type { PersistentMap } from './persistent-map';
import { skipSame } from './skip-same';
import type { SetText } from './set-text';

/** Flags as they are found in a text. */
export interface FoundFlags {
  readonly text: SetText;
  readonly keys: ReadonlySet<string>;
  /** For each flag the known one, if it says the same. */
  readonly same: readonly (FlagEntry | undefined)[];
}

/**
 * Finds the flags in the object that begins at `from`, white space aside, and parses none.
 *
 * @param known flags of before, which are recognised if they say the same again
 * @returns undefined if there is no object, it is no JSON, or a key stands twice
 */
export function findFlags(bytes: Buffer, from: number, known: PersistentMap<FlagEntry>): FoundFlags | undefined {
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
  const members = {
    starts: Int32Array.from(starts),
    values: Int32Array.from(values),
    ends: Int32Array.from(ends),
    end: at + 1,
  };
  return { text: { bytes, members }, keys, same };
}

/** The flags as flags of a set with these surroundings: the known ones where they are the same in all. */
export function* entriesOf({ text, keys, same }: FoundFlags, surroundings: Surroundings): Iterable<FlagEntry> {
  const { bytes, members } = text;
  let member = 0;
  for (const key of keys) {
    const known = same[member];
    const [start, end] = [members.values[member]!, members.ends[member]!];
    yield known?.surroundings === surroundings ? known : new FlagEntry(key, { bytes, start, end }, surroundings);
    member++;
  }
}
