/** Rest after a piece of work, as a multiple of what the work took. */
const restFactor = 2;
const longestRestMs = 200;

/**
 * Runs one piece of work per turn of the event loop, so that other work gets its share. Work that may be superseded rests
 * after a long piece before it: in a burst of large messages, most are superseded while one is being digested.
 */
export class Pacer {
  readonly #work: () => void;
  readonly #shortestRestMs: number;
  #state: 'idle' | 'waiting' | 'working' | 'working, and asked again' = 'idle';
  #cancelWait: () => void = () => undefined;
  #rest = false;
  #restUntil = 0;

  /** @param shortestRestMs how long a rest takes after the shortest work */
  constructor(work: () => void, shortestRestMs = 0) {
    this.#work = work;
    this.#shortestRestMs = shortestRestMs;
  }

  /** Asks for the work to be done once more, soon. Asking twice is asking once. */
  schedule({ rest }: { readonly rest: boolean }): void {
    if (this.#state === 'waiting') return;
    this.#rest = rest;
    if (this.#state === 'idle') this.#wait();
    else this.#state = 'working, and asked again';
  }

  cancel(): void {
    this.#cancelWait();
    this.#state = this.#state === 'idle' || this.#state === 'waiting' ? 'idle' : 'working';
  }

  #wait(): void {
    this.#state = 'waiting';
    const restMs = this.#rest ? this.#restUntil - performance.now() : 0;
    if (restMs < 1) {
      const immediate = setImmediate(() => this.#run());
      this.#cancelWait = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(() => this.#run(), restMs);
      this.#cancelWait = () => clearTimeout(timer);
    }
  }

  #run(): void {
    this.#state = 'working';
    const start = performance.now();
    this.#work();
    const end = performance.now();
    this.#restUntil = end + Math.min(longestRestMs, Math.max(this.#shortestRestMs, restFactor * (end - start)));
    this.#afterWork();
  }

  #afterWork(): void {
    if (this.#state === 'working, and asked again') this.#wait();
    else this.#state = 'idle';
  }
}
