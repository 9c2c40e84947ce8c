import { isUtf8 } from 'node:buffer';
import { ChangeSet } from './change-set';
import { FlagEntry } from './flag-entry';
import { indexMembers, keyAt, type MemberIndex } from './member-index';
import { ownBytes } from './own-bytes';
import { differenceBetween, replaceMembers, type Replacement, type SetText } from './set-text';
import type { FlagSnapshot } from './snapshot';

/** What a text has in place of some members of the one before. */
interface Substitute extends Replacement, SetText {}

const openBrace = Buffer.from('{');
const closeBrace = Buffer.from('}');

/**
 * The fast way from one whole set to the next: reads only the flags whose text differs.
 *
 * @param before what was made of `text`
 * @returns undefined if anything is unusual; then the whole text has to be read, to find out what it is or what is wrong
 *   with it
 */
export function applyDifference(
  before: FlagSnapshot,
  text: SetText,
  after: Buffer,
): { changes: ChangeSet; text: SetText } | undefined {
  const replacements = differenceBetween(text, after);
  if (!replacements) return undefined;
  const changes = new ChangeSet(before, before.surroundings);
  const substitutes: Substitute[] = [];
  for (const replacement of replacements) {
    const substitute = toSubstitute(replacement, after);
    if (!substitute || !substituteFlags(substitute, before, text, changes)) return undefined;
    substitutes.push(substitute);
  }
  return { changes, text: replaceMembers(text, after, substitutes) };
}

/** @returns undefined if there are no members, or they are no JSON */
function toSubstitute(replacement: Replacement, after: Buffer): Substitute | undefined {
  const bytes = ownBytes(Buffer.concat([openBrace, after.subarray(replacement.start, replacement.end), closeBrace]));
  const members: MemberIndex | undefined = isUtf8(bytes) ? indexMembers(bytes, 0) : undefined;
  if (!members || members.starts.length === 0 || members.end !== bytes.length) return undefined;
  return { ...replacement, bytes, members };
}

/** @returns false if a flag comes twice, or also stands elsewhere in the text */
function substituteFlags(
  { from, to, bytes, members }: Substitute,
  before: FlagSnapshot,
  text: SetText,
  changes: ChangeSet,
): boolean {
  const gone = new Set<string>();
  for (let member = from; member < to; member++) gone.add(keyAt(text.bytes, text.members.starts[member]!));
  const come = new Set<string>();
  for (const [member, start] of members.starts.entries()) {
    const key = keyAt(bytes, start);
    if (come.has(key) || (!gone.delete(key) && before.entries.get(key))) return false;
    come.add(key);
    const place = { bytes, start: members.values[member]!, end: members.ends[member]! };
    changes.put(new FlagEntry(key, place, before.surroundings));
  }
  for (const key of gone) changes.remove(key);
  return true;
}
