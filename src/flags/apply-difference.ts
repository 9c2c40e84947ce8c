import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { ChangeSet } from './change-set';
import { indexMembers, type MemberIndex } from './member-index';
import { differenceBetween, keyAt, replaceMembers, type Replacement, type SetText } from './set-text';
import type { FlagSnapshot } from './snapshot';
import { decodeUtf8 } from './utf8';

/** What a text has in place of some members of the one before. */
interface Substitute extends Replacement {
  readonly json: JsonObject;
  /** The same as a text of its own, between braces. */
  readonly bytes: Buffer;
  readonly members: MemberIndex;
}

const openBrace = Buffer.from('{');
const closeBrace = Buffer.from('}');

/**
 * The fast way from one whole set to the next: parses only the flags whose text differs.
 *
 * @param before what was made of `text`
 * @returns undefined if anything is unusual; then the whole text has to be parsed, to find out what it is or what is
 *   wrong with it
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

function toSubstitute(replacement: Replacement, after: Buffer): Substitute | undefined {
  const bytes = Buffer.concat([openBrace, after.subarray(replacement.start, replacement.end), closeBrace]);
  const members = indexMembers(bytes, 0);
  const json = parseObject(bytes);
  // no members, or one key twice
  if (!json || !members || members.starts.length === 0 || members.starts.length !== Object.keys(json).length) {
    return undefined;
  }
  return { ...replacement, bytes, json, members };
}

/** @returns false if a flag comes that also stands elsewhere in the text */
function substituteFlags(
  { from, to, bytes, json, members }: Substitute,
  before: FlagSnapshot,
  text: SetText,
  changes: ChangeSet,
): boolean {
  const gone = new Set<string>();
  for (let member = from; member < to; member++) gone.add(keyAt(text, member));
  for (let member = 0; member < members.starts.length; member++) {
    const key = keyAt({ bytes, members }, member);
    if (!gone.delete(key) && before.entries.get(key)) return false;
    const place = { bytes, start: members.values[member]!, end: members.ends[member]! };
    changes.put({ key, json: () => json[key] as JsonValue, text: place });
  }
  for (const key of gone) changes.remove(key);
  return true;
}

function parseObject(bytes: Buffer): JsonObject | undefined {
  const text = decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}
