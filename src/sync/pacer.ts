/** Rest after a piece of work, as a multiple of what the work took. */
const restFactor = 2;
const longestRestMs = 200;

/** Whether to rest after the last piece of work, and how long at least. */
export interface Rest {
  readonly rest: boolean;
  readonly atLeastMs?: number;
}

/**
 * Runs one piece of work per turn of the event loop, so that other work gets its share. Work that may be superseded rests
 * after a long piece before it: in a burst of large messages, most are superseded while one is being digested.
 */
export class Pacer {
  readonly #work: () => void;
  #state: 'idle' | 'waiting' | 'working' | 'working, and asked again' = 'idle';
  #cancelWait: () => void = () => undefined;
  #rest: Rest = { rest: false };
  #lastWork = { endedAt: 0, tookMs: 0 };

  constructor(work: () => void) {
    this.#work = work;
  }

  /** Asks for the work to be done once more, soon. Asking twice is asking once. */
  schedule(rest: Rest): void {
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
    const restMs = this.#restMs();
    if (restMs < 1) {
      const immediate = setImmediate(() => this.#run());
      this.#cancelWait = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(() => this.#run(), restMs);
      this.#cancelWait = () => clearTimeout(timer);
    }
  }

  #restMs(): number {
    const { rest, atLeastMs = 0 } = this.#rest;
    if (!rest) return 0;
    const { endedAt, tookMs } = this.#lastWork;
    return endedAt + Math.min(longestRestMs, Math.max(atLeastMs, restFactor * tookMs)) - performance.now();
  }

  #run(): void {
    this.#state = 'working';
    const start = performance.now();
    try {
      this.#work();
    } finally {
      const endedAt = performance.now();
      this.#lastWork = { endedAt, tookMs: endedAt - start };
      this.#afterWork();
    }
  }

  #afterWork(): void {
    if (this.#state === 'working, and asked again') this.#wait();
    else this.#state = 'idle';
  }
}
