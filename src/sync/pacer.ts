/** Rest after a piece of work, as a multiple of what the work took. */
const restFactor = 2;
const longestRestMs = 200;

/**
 * Runs one piece of work per turn of the event loop, so that other work gets its share, and rests after a long one: in a
 * burst of large messages, most are superseded while the one before them is still being digested.
 */
export class Pacer {
  readonly #work: () => void;
  #state: 'idle' | 'waiting' | 'working' | 'working, and asked again' = 'idle';
  #cancelWait: () => void = () => undefined;
  #restUntil = 0;

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Asks for the work to be done once more, soon. Asking twice is asking once. */
  schedule(): void {
    if (this.#state === 'idle') this.#wait();
    else if (this.#state === 'working') this.#state = 'working, and asked again';
  }

  cancel(): void {
    this.#cancelWait();
    this.#state = this.#state === 'idle' || this.#state === 'waiting' ? 'idle' : 'working';
  }

  #wait(): void {
    this.#state = 'waiting';
    const restMs = this.#restUntil - performance.now();
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
    this.#restUntil = end + Math.min(longestRestMs, restFactor * (end - start));
    this.#afterWork();
  }

  #afterWork(): void {
    if (this.#state === 'working, and asked again') this.#wait();
    else this.#state = 'idle';
  }
}
