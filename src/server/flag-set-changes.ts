import { FlagSet, type ServedFlag } from './flag-set';
import { memoize } from './memoize';

/** A step from one flag set to another, in the terms of `sync.v1`. */
export interface Change {
  readonly state: 'ALL' | 'ADD' | 'UPDATE' | 'DELETE';
  /** With ALL the whole set; else the flags concerned, with the named rules that they need. */
  readonly flagSet: FlagSet;
}

/** Becoming exactly this set. The same object for the same set. */
export const becoming = memoize((flagSet: FlagSet): Change => ({ state: 'ALL', flagSet }));

/**
 * What takes a client from one flag set to another; nothing if they are the same. Computed once for the two, however
 * many clients there are.
 *
 * Flags come before they go, so that a flag that is renamed is never missing. A named rule that has changed travels with
 * every flag that refers to it, because a message's rules are known to that message's flags only. No message takes away
 * a named rule or an entry of the set's metadata: then the set is sent whole.
 */
export function changesBetween(from: FlagSet, to: FlagSet): readonly Change[] {
  return from === to ? [] : changesFrom(from)(to);
}

const changesFrom = memoize((from: FlagSet) => memoize((to: FlagSet) => compare(from, to)));

function compare(from: FlagSet, to: FlagSet): readonly Change[] {
  const isTaken = [...from.evaluators.keys()].some((name) => !to.evaluators.has(name));
  if (isTaken || !sameMembers(from.metadata, to.metadata)) return [becoming(to)];

  const added = new Map<string, ServedFlag>();
  const updated = new Map<string, ServedFlag>();
  const deleted = new Map<string, ServedFlag>();
  const isChanged = (name: string) => from.evaluators.get(name) !== to.evaluators.get(name);
  for (const [key, flag] of to.flags) {
    const known = from.flags.get(key);
    if (known === undefined) added.set(key, flag);
    else if (known.json !== flag.json || flag.references.some(isChanged)) updated.set(key, flag);
  }
  for (const [key, flag] of from.flags) {
    if (!to.flags.has(key)) deleted.set(key, flag);
  }
  return [change('ADD', added, to), change('UPDATE', updated, to), change('DELETE', deleted, FlagSet.empty)].filter(
    ({ flagSet }) => flagSet.flags.size > 0,
  );
}

function change(state: Change['state'], flags: ReadonlyMap<string, ServedFlag>, { evaluators }: FlagSet): Change {
  const needed = new Map<string, string>();
  for (const { references } of flags.values()) {
    for (const name of references) {
      const rule = evaluators.get(name);
      if (rule !== undefined) needed.set(name, rule);
    }
  }
  return { state, flagSet: new FlagSet(flags, needed, new Map()) };
}

function sameMembers(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([name, json]) => other.get(name) === json);
}

/** So many keys are named; of more, only how many. */
const mostKeys = 10;

const verbs: Readonly<Record<Change['state'], string>> = {
  ALL: 'the whole set is new:',
  ADD: 'added',
  UPDATE: 'updated',
  DELETE: 'deleted',
};

/** For a log: `added a, b; deleted c`. The whole set is sent where its metadata or named rules make that necessary. */
export function describeChanges(changes: readonly Change[]): string {
  return changes.map(({ state, flagSet }) => `${verbs[state]} ${list([...flagSet.flags.keys()])}`).join('; ');
}

function list(keys: readonly string[]): string {
  if (keys.length === 0) return 'no flags';
  if (keys.length <= mostKeys) return keys.join(', ');
  return `${keys.length} flags`;
}
