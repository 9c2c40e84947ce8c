import type { JsonValue } from '@openfeature/server-sdk';
import { isObject } from '../flags/json';
import { FlagSet, referencesIn, serveFlag, type ServedFlag } from './flag-set';

/**
 * Makes one flag set of the flag sets of several sources, in which every flag answers as it does in its own: of two
 * flags with one key the later source's is taken; metadata that the sets do not share goes to their flags; and where two
 * sets give one name different rules, the later one's rule gets another name.
 */
export function mergeFlagSets(sets: ReadonlyMap<string, FlagSet>): FlagSet {
  const [first = FlagSet.empty, ...rest] = sets.values();
  if (rest.length === 0) return first;

  const metadata = new Map(
    [...first.metadata].filter(([name, json]) => rest.every((set) => set.metadata.get(name) === json)),
  );
  const flags = new Map<string, ServedFlag>();
  const evaluators = new Map<string, string>();
  for (const [source, set] of sets) {
    const inherited = new Map([...set.metadata].filter(([name]) => !metadata.has(name)));
    const renamed = new Map<string, string>();
    for (const [name, rule] of set.evaluators) {
      let free = name;
      while ((evaluators.get(free) ?? rule) !== rule) free += ` (${source})`;
      if (free !== name) renamed.set(name, free);
      evaluators.set(free, rule);
    }
    for (const [key, flag] of set.flags) flags.set(key, moved(flag, inherited, renamed));
  }
  return new FlagSet(flags, evaluators, metadata);
}

/** The flag as it must be to answer outside its set as it did inside. */
function moved(
  flag: ServedFlag,
  inherited: ReadonlyMap<string, string>,
  renamed: ReadonlyMap<string, string>,
): ServedFlag {
  const isRenamed = flag.references.some((name) => renamed.has(name));
  if (inherited.size === 0 && !isRenamed) return flag;
  const definition = JSON.parse(flag.json) as JsonValue;
  if (!isObject(definition)) return flag;
  for (const reference of referencesIn(definition.targeting)) {
    reference.$ref = renamed.get(reference.$ref) ?? reference.$ref;
  }
  const { metadata: own } = definition;
  if (inherited.size > 0 && (own === undefined || own === null || isObject(own))) {
    const set = Array.from(inherited, ([name, json]) => [name, JSON.parse(json) as JsonValue] as const);
    definition.metadata = { ...Object.fromEntries(set), ...own };
  }
  return serveFlag(definition);
}
