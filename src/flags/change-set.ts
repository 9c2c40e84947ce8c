import { problemsOf } from './check-flag';
import type { FlagProblem } from './flag';
import { FlagEntry } from './flag-entry';
import { pointerTo } from './json';
import type { Member } from './parse-flag-set';
import type { Surroundings } from './parse-flag';
import { sameFlag } from './same-flag';
import type { FlagSnapshot } from './snapshot';

/** What becomes different from a snapshot, gathered flag by flag. */
export class ChangeSet {
  readonly surroundings: Surroundings;
  /** The flags that answer differently; undefined for those that are gone. */
  readonly entries = new Map<string, FlagEntry | undefined>();
  /** What is wrong with them, and what was passed over. */
  readonly problems: FlagProblem[];
  readonly #before: FlagSnapshot;

  constructor(before: FlagSnapshot, surroundings: Surroundings, problems: readonly FlagProblem[] = []) {
    this.#before = before;
    this.surroundings = surroundings;
    this.problems = [...problems];
  }

  put({ key, json, text, pointer }: Member): void {
    const known = this.#before.entries.get(key);
    const isInSameSet = known?.surroundings === this.surroundings;
    if (isInSameSet && known.hasText(text)) return;
    const definition = json();
    if (isInSameSet && known.hasJson(definition)) return;
    const entry = new FlagEntry(key, text, this.surroundings, pointer);
    if (known && sameFlag(known.flag, entry.flag)) return;
    this.entries.set(key, entry);
    for (const problem of problemsOf(key, definition, this.surroundings.evaluators)) {
      this.problems.push({ ...problem, pointer: entry.pointer + problem.pointer });
    }
  }

  /** For a flag whose text is known. */
  replace(entry: FlagEntry): void {
    const known = this.#before.entries.get(entry.key);
    if (!known || !sameFlag(known.flag, entry.flag)) this.entries.set(entry.key, entry);
  }

  remove(key: string): void {
    if (this.#before.entries.get(key)) this.entries.set(key, undefined);
    else this.problems.push({ pointer: pointerTo('/flags', key), message: 'is to be deleted, but was not there' });
  }
}
