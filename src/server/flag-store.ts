import { FlagSet } from './flag-set';
import { mergeFlagSets } from './merge-flag-sets';
import type { Selector } from './selector';

/** The most selections that are kept for the next client which asks for the same. */
const mostSelections = 100;

/** The flags of all sources. Of two flags with one key, that of the source that was added later is served. */
export class FlagStore {
  readonly #sources = new Map<string, FlagSet>();
  readonly #selections = new Map<string, FlagSet>();

  /** Their names, in the order that they were added. */
  get sources(): readonly string[] {
    return [...this.#sources.keys()];
  }

  get(source: string): FlagSet | undefined {
    return this.#sources.get(source);
  }

  set(source: string, flagSet: FlagSet): void {
    this.#sources.set(source, flagSet);
    this.#selections.clear();
  }

  /** What a client with this selector is served; the same object until something is set. Empty if nothing matches. */
  select(selector: Selector): FlagSet {
    const key = JSON.stringify([selector.source, selector.flagSetId]);
    let selection = this.#selections.get(key);
    if (selection === undefined) {
      selection = this.#merge(selector);
      if (this.#selections.size >= mostSelections) this.#selections.clear();
      this.#selections.set(key, selection);
    }
    return selection;
  }

  #merge({ source, flagSetId }: Selector): FlagSet {
    const sources = [...this.#sources].filter(([name]) => source === undefined || name === source);
    if (flagSetId === undefined) return mergeFlagSets(new Map(sources));
    const selected = sources.map(([name, set]) => [name, selectFlagSet(set, flagSetId)] as const);
    return mergeFlagSets(new Map(selected.filter(([, set]) => set !== FlagSet.empty)));
  }
}

/** The flags of a set whose `flagSetId`, their own or else the set's, is this one. */
function selectFlagSet(set: FlagSet, flagSetId: string): FlagSet {
  const common = JSON.parse(set.metadata.get('flagSetId') ?? '""') as unknown;
  const flags = new Map([...set.flags].filter(([, flag]) => (flag.flagSetId ?? common) === flagSetId));
  return flags.size === 0 && common !== flagSetId ? FlagSet.empty : set.withFlags(flags);
}
