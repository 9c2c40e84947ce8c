/** What the provider says of itself. */
export type Status = 'READY' | 'STALE' | 'ERROR' | 'FATAL';

export interface ProviderStatusOptions {
  /** Milliseconds in STALE before ERROR; 0 is ERROR at once. */
  readonly graceMs: number;
  /** Called for each change, and only then. `reason` is meant for a person; empty for READY. */
  readonly onChange: (status: Status, reason: string) => void;
  /** Calls `run` after so many milliseconds, unless the function that it returns is called before. */
  readonly schedule?: (delayMs: number, run: () => void) => () => void;
}

/**
 *                ready              stale             grace is over
 *     STARTING ────────▶ READY ─────────────▶ STALE ───────────────▶ ERROR
 *                          ▲                    │                      │
 *                          └────────────────────┴──────────────────────┘
 *                                           ready
 *
 *     fatal: from every state to FATAL, which is final. close: from every state to CLOSED, which is final.
 *
 * Before the first flags there is nothing to be stale: until then a loss is no change.
 */
type State =
  | { readonly name: 'STARTING' | 'READY' | 'ERROR' | 'FATAL' | 'CLOSED' }
  | { readonly name: 'STALE'; readonly stopTimer: () => void };

/** Turns "flags arrive" and "flags do not arrive" into the status that an application is told. */
export class ProviderStatus {
  readonly #graceMs: number;
  readonly #onChange: (status: Status, reason: string) => void;
  readonly #schedule: (delayMs: number, run: () => void) => () => void;
  #state: State = { name: 'STARTING' };

  constructor({ graceMs, onChange, schedule = unreferencedTimer }: ProviderStatusOptions) {
    this.#graceMs = graceMs;
    this.#onChange = onChange;
    this.#schedule = schedule;
  }

  /** The status as of now; NOT_READY before the first flags and after `close()`. */
  get current(): Status | 'NOT_READY' {
    const { name } = this.#state;
    return name === 'STARTING' || name === 'CLOSED' ? 'NOT_READY' : name;
  }

  /** Good flags have arrived. */
  ready(): void {
    switch (this.#state.name) {
      case 'STARTING':
      case 'STALE':
      case 'ERROR':
        this.#setState({ name: 'READY' }, '');
        return;
      case 'READY':
      case 'FATAL':
      case 'CLOSED':
        return;
    }
  }

  /** Flags do not arrive any more, or what arrives cannot be used. */
  stale(reason: string): void {
    if (this.#state.name !== 'READY') return;
    if (this.#graceMs === 0) {
      this.#setState({ name: 'ERROR' }, reason);
    } else {
      const stopTimer = this.#schedule(this.#graceMs, () => this.#setState({ name: 'ERROR' }, reason));
      this.#setState({ name: 'STALE', stopTimer }, reason);
    }
  }

  /** Flags will never arrive. */
  fatal(reason: string): void {
    if (this.#state.name !== 'CLOSED' && this.#state.name !== 'FATAL') this.#setState({ name: 'FATAL' }, reason);
  }

  /** Ends the timer; nothing is told from here on. Idempotent. */
  close(): void {
    this.#setState({ name: 'CLOSED' }, '');
  }

  #setState(next: State, reason: string): void {
    if (this.#state.name === 'STALE') this.#state.stopTimer();
    this.#state = next;
    if (next.name !== 'STARTING' && next.name !== 'CLOSED') this.#onChange(next.name, reason);
  }
}

function unreferencedTimer(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs).unref();
  return () => clearTimeout(timer);
}
