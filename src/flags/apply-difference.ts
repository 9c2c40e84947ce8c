import { isUtf8 } from 'node:buffer';
import { ChangeSet } from './change-set';
import { entriesOf, findFlags, type FoundFlags } from './find-flags';
import { keyAt } from './member-index';
import { differenceBetween, replaceMembers, type Replacement, type SetText } from './set-text';
import type { FlagSnapshot } from './snapshot';

/** What a text has in place of some members of the one before, as a text of its own. */
interface Substitute extends Replacement {
  readonly flags: FoundFlags;
}

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
    const flags = findSubstitutes(replacement, after, before);
    if (!flags || !substitute(text, replacement, flags, before, changes)) return undefined;
    substitutes.push({ ...replacement, flags });
  }
  const members = substitutes.map(({ flags, ...replacement }) => ({ ...replacement, members: flags.text.members }));
  return { changes, text: replaceMembers(text, after, members) };
}

/** @returns undefined if there are no flags, or they are no JSON */
function findSubstitutes({ start, end }: Replacement, after: Buffer, before: FlagSnapshot): FoundFlags | undefined {
  const bytes = Buffer.concat([openBrace, after.subarray(start, end), closeBrace]);
  const flags = isUtf8(bytes) ? findFlags(bytes, 0, before.entries) : undefined;
  return flags && flags.keys.size > 0 && flags.text.members.end === bytes.length ? flags : undefined;
}

/** @returns false if a flag comes that also stands elsewhere in the text */
function substitute(
  text: SetText,
  { from, to }: Replacement,
  flags: FoundFlags,
  before: FlagSnapshot,
  changes: ChangeSet,
): boolean {
  const gone = new Set<string>();
  for (let member = from; member < to; member++) gone.add(keyAt(text.bytes, text.members.starts[member]!));
  for (const key of flags.keys) {
    if (!gone.delete(key) && before.entries.get(key)) return false;
  }
  for (const entry of entriesOf(flags, before.surroundings)) changes.put(entry);
  for (const key of gone) changes.remove(key);
  return true;
}
