import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '@openfeature/server-sdk';
import type { BrokenFlag, Flag } from '../flags/flag';
import { pointerTo } from '../flags/json';
import type { Snapshot } from '../flags/snapshot';
import { resolveInData } from '../targeting/references';
import { printable, type Terminal } from './terminal';

/** How a flag differs between two snapshots. */
export interface FlagChange {
  readonly flagKey: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly members: readonly MemberChange[];
}

/** Absent on a side: the member is not there. */
export interface MemberChange {
  /** For example `defaultVariant`, `variants/on`. */
  readonly member: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** What is different with these flags, in the order of their keys. */
export function compareFlags(before: Snapshot, after: Snapshot, keys: Iterable<string>): readonly FlagChange[] {
  return [...keys].sort().flatMap((flagKey) => {
    const [left, right] = [before.get(flagKey), after.get(flagKey)];
    const members = compareMembers(left && membersOf(left), right && membersOf(right));
    const change = left === undefined ? 'added' : right === undefined ? 'removed' : 'changed';
    return members.length === 0 ? [] : [{ flagKey, change, members }];
  });
}

function compareMembers(
  before: ReadonlyMap<string, JsonValue> = new Map(),
  after: ReadonlyMap<string, JsonValue> = new Map(),
): readonly MemberChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((member) => {
    const [left, right] = [before.get(member), after.get(member)];
    if (isDeepStrictEqual(left, right)) return [];
    return [{ member, ...(left !== undefined && { before: left }), ...(right !== undefined && { after: right }) }];
  });
}

/** Stands for what is wrong with a flag that is broken. */
const problemMember = 'problem';

/** A flag by its members. References in its rule are replaced by what they stand for, since that may be what changes. */
function membersOf(flag: Flag | BrokenFlag): ReadonlyMap<string, JsonValue> {
  const metadata = Object.entries(flag.metadata).map(([name, value]) => [step('metadata', name), value] as const);
  if (flag.problem) {
    return new Map([[problemMember, `${flag.problem.pointer} ${flag.problem.message}`.trim()], ...metadata]);
  }
  const { state, variants, defaultVariant, targeting } = flag;
  return new Map<string, JsonValue>([
    ['state', state],
    ...Array.from(variants, ([name, value]) => [step('variants', name), value] as const),
    ...(defaultVariant === undefined ? [] : [['defaultVariant', defaultVariant] as const]),
    ...(targeting === undefined
      ? []
      : [
          [
            'targeting',
            targeting.problem ? targeting.rule : resolveInData(targeting.rule, targeting.evaluators),
          ] as const,
        ]),
    ...metadata,
  ]);
}

function step(member: string, name: string): string {
  return pointerTo(member, name);
}

const longestLine = 100;

/** For people: a line for the flag, and below it one or two for each member. */
export function describeChange({ flagKey, change, members }: FlagChange, terminal: Terminal): readonly string[] {
  const [sign, color] = {
    added: ['+', terminal.green] as const,
    removed: ['-', terminal.red] as const,
    changed: ['~', terminal.yellow] as const,
  }[change];
  // of a flag that is broken, only that is known
  const problem = members.filter(({ member }) => member === problemMember);
  const shown = change === 'removed' ? [] : problem.length > 0 ? problem : members;
  const lines = shown.flatMap((member) => describeMember(member, change, terminal));
  return [color(`${sign} ${printable(flagKey)}`), ...lines.map((line) => `    ${line}`)];
}

function describeMember(
  { member, before, after }: MemberChange,
  change: FlagChange['change'],
  terminal: Terminal,
): readonly string[] {
  const name = printable(member);
  const show = (value: JsonValue | undefined) => (value === undefined ? 'none' : printable(JSON.stringify(value)));
  if (change === 'added') return [`${name}: ${show(after)}`];
  const line = `${name}: ${show(before)} → ${show(after)}`;
  if (line.length <= longestLine) return [line];
  return [`${name}:`, terminal.red(`  - ${show(before)}`), terminal.green(`  + ${show(after)}`)];
}
