import type { Applied } from './flags/apply';
import type { FlagProblem } from './flags/flag';
import type { FlagEntry } from './flags/flag-entry';
import { Pacer } from './sync/pacer';

/** How long flags are looked at in one go. */
const sliceMs = 1;

/**
 * Finds what is wrong with single flags, which costs more than to read the set they came in. So nobody waits for it: what
 * takes longer than a slice goes on between the application's own work. A flag that is broken answers so from the start.
 */
export class FlagInspection {
  readonly #onProblem: (problem: FlagProblem) => void;
  readonly #pending = new Map<string, FlagEntry>();
  readonly #pacer = new Pacer(() => this.#inspect(sliceMs));

  constructor(onProblem: (problem: FlagProblem) => void) {
    this.#onProblem = onProblem;
  }

  add({ flagsChanged, definitions }: Applied): void {
    for (const key of flagsChanged) this.#pending.delete(key);
    for (const entry of definitions) this.#pending.set(entry.key, entry);
    this.#inspect(sliceMs);
  }

  /** Looks at all that is left. */
  finish(): void {
    this.#inspect(Infinity);
  }

  close(): void {
    this.#pacer.cancel();
    this.#pending.clear();
  }

  #inspect(longestMs: number): void {
    const end = performance.now() + longestMs;
    for (const [key, entry] of this.#pending) {
      this.#pending.delete(key);
      for (const problem of entry.findProblems()) this.#onProblem(problem);
      if (performance.now() >= end) break;
    }
    if (this.#pending.size > 0) this.#pacer.schedule({ rest: true });
  }
}
