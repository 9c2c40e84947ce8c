import type { FlagProblem } from './flag';
import { FlagEntry } from './flag-entry';
import { pointerTo } from './json';
import { isSameText } from './json-text';
import type { Member } from './parse-flag-set';
import type { Surroundings } from './parse-flag';
import { sameFlag } from './same-flag';
import { sameMeaning } from './same-meaning';
import type { FlagSnapshot } from './snapshot';

/** What becomes different from a snapshot, gathered flag by flag. */
export class ChangeSet {
  readonly surroundings: Surroundings;
  /** The flags that answer differently; undefined for those that are gone. */
  readonly entries = new Map<string, FlagEntry | undefined>();
  /** What was passed over. */
  readonly problems: FlagProblem[];
  readonly #before: FlagSnapshot;

  constructor(before: FlagSnapshot, surroundings: Surroundings, problems: readonly FlagProblem[] = []) {
    this.#before = before;
    this.surroundings = surroundings;
    this.problems = [...problems];
  }

  put({ key, text, pointer }: Member): void {
    const known = this.#before.entries.get(key);
    if (known?.surroundings === this.surroundings) {
      const knownText = known.text;
      if (isSameText(knownText, text) || sameMeaning(knownText, text)) return;
    }
    this.#replace(known, new FlagEntry(key, text, this.surroundings, pointer));
  }

  /** The flag is another one on account of its set, and not of its definition. */
  move(known: FlagEntry, surroundings: Surroundings): void {
    this.#replace(known, known.within(surroundings));
  }

  remove(key: string): void {
    if (this.#before.entries.get(key)) this.entries.set(key, undefined);
    else this.problems.push({ pointer: pointerTo('/flags', key), message: 'is to be deleted, but was not there' });
  }

  #replace(known: FlagEntry | undefined, entry: FlagEntry): void {
    if (!known || !sameFlag(known.flag, entry.flag)) this.entries.set(entry.key, entry);
  }
}
