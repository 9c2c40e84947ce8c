import { commonPrefix, commonSuffix } from './common-bytes';
import { invalid } from './json-scanner';
import { skipMember, type MemberIndex } from './member-index';

/** The text of a whole flag set, and where each flag is in it. */
export interface SetText {
  readonly bytes: Buffer;
  readonly members: MemberIndex;
}

/** Members of one text, and what stands for them in another one. */
export interface Replacement {
  /** The first of the members. */
  readonly from: number;
  /** Behind the last of the members. */
  readonly to: number;
  /** Where what stands for them begins, in bytes. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/** The part of the members from which on it is faster to read all. */
const mostReplaced = 1 / 16;

/**
 * What has to be replaced in a text to get another one. Everything else is the same, byte for byte: if each replacement
 * is a sequence of JSON members, then the other text is JSON, and differs in nothing but these.
 *
 * @returns undefined if something outside the members differs, or so much that reading the whole text is faster
 */
export function differenceBetween({ bytes: before, members }: SetText, after: Buffer): Replacement[] | undefined {
  const replacements: Replacement[] = [];
  const { starts, values, ends } = members;
  const most = 16 + starts.length * mostReplaced;
  let left = 0;
  let right = 0;
  for (;;) {
    const same = commonPrefix(before, left, after, right);
    const at = left + same;
    if (at === before.length && right + same === after.length) return replacements;
    const member = lastStartingBy(starts, at);
    if (member < 0) return undefined;
    const [start, value, end] = [starts[member]!, values[member]!, ends[member]!];
    if (at >= value && at < end) {
      const newStart = start + right - left;
      const newEnd = skipMember(after, newStart);
      if (newEnd === invalid) return undefined;
      replacements.push({ from: member, to: member + 1, start: newStart, end: newEnd });
      if (replacements.length > most) return undefined;
      [left, right] = [end, newEnd];
    } else {
      // Members came, went or moved: all up to the last difference is one replacement, and takes in one just before it.
      const newStart = start < left ? (replacements.pop()?.start ?? 0) : start + right - left;
      const suffix = commonSuffix(before, after, Math.min(before.length - at, after.length - right - same));
      const last = firstEndingFrom(ends, before.length - suffix);
      if (last === ends.length || last - member > most) return undefined;
      const newEnd = after.length - (before.length - ends[last]!);
      return [...replacements, { from: member, to: last + 1, start: newStart, end: newEnd }];
    }
  }
}

/** The next text; the members of each replacement are given as they are in a text with one brace before it. */
export function replaceMembers(
  { members }: SetText,
  after: Buffer,
  replacements: readonly (Replacement & { readonly members: MemberIndex })[],
): SetText {
  const added = replacements.reduce((sum, { from, to, members }) => sum + members.starts.length - (to - from), 0);
  const length = members.starts.length + added;
  const numbers = () => new Int32Array(length);
  const next = { starts: numbers(), values: numbers(), ends: numbers() };
  let read = 0;
  let written = 0;
  let shift = 0;
  const copy = (from: MemberIndex, first: number, behind: number, by: number) => {
    for (const name of ['starts', 'values', 'ends'] as const) {
      const [source, target] = [from[name], next[name]];
      target.set(source.subarray(first, behind), written);
      if (by === 0) continue;
      for (let at = written; at < written + behind - first; at++) target[at] = target[at]! + by;
    }
    written += behind - first;
  };
  for (const { from, to, start, end, members: others } of replacements) {
    copy(members, read, from, shift);
    copy(others, 0, others.starts.length, start - 1);
    shift = end - members.ends[to - 1]!;
    read = to;
  }
  copy(members, read, members.starts.length, shift);
  return { bytes: after, members: { ...next, end: members.end + shift } };
}

/** The last that is not above the limit, of numbers in ascending order; -1 if there is none. */
function lastStartingBy(starts: Int32Array, limit: number): number {
  return countWhile(starts, (start) => start <= limit) - 1;
}

/** The first that is not below the limit, of numbers in ascending order; their count if there is none. */
function firstEndingFrom(ends: Int32Array, limit: number): number {
  return countWhile(ends, (end) => end < limit);
}

/** How many of the first numbers fulfil a condition that no number behind them fulfils. */
function countWhile(numbers: Int32Array, condition: (number: number) => boolean): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (condition(numbers[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
