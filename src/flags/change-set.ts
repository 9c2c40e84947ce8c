import type { FlagProblem } from './flag';
import type { FlagEntry } from './flag-entry';
import { pointerTo } from './json';
import { isSameText } from './json-text';
import type { Surroundings } from './parse-flag';
import { sameFlag } from './same-flag';
import type { FlagSnapshot } from './snapshot';

/** What becomes different from a snapshot, gathered flag by flag. */
export class ChangeSet {
  readonly surroundings: Surroundings;
  /** The flags that answer differently; undefined for those that are gone. */
  readonly entries = new Map<string, FlagEntry | undefined>();
  /** Those whose definition is another one, be it that it says the same: what is wrong with it is to be told. */
  readonly definitions: FlagEntry[] = [];
  /** What was passed over. */
  readonly problems: FlagProblem[];
  readonly #before: FlagSnapshot;

  constructor(before: FlagSnapshot, surroundings: Surroundings, problems: readonly FlagProblem[] = []) {
    this.#before = before;
    this.surroundings = surroundings;
    this.problems = [...problems];
  }

  put(entry: FlagEntry): void {
    const known = this.#before.entries.get(entry.key);
    if (known === entry) return;
    const isDefinedAlike =
      known?.surroundings.evaluators === entry.surroundings.evaluators && isSameText(known.text, entry.text);
    if (!isDefinedAlike) this.definitions.push(entry);
    const isSame = isDefinedAlike ? known.hasMetadataOf(entry) : known && sameFlag(known.flag, entry.flag);
    if (!isSame) this.entries.set(entry.key, entry);
  }

  remove(key: string): void {
    if (this.#before.entries.get(key)) this.entries.set(key, undefined);
    else this.problems.push({ pointer: pointerTo('/flags', key), message: 'is to be deleted, but was not there' });
  }
}
