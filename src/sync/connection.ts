import type { ResolvedOptions } from '../config/options';
import type { SyncEvent } from '../flags/sync-event';
import { exponentialBackoff } from './backoff';
import type { Backoff } from './backoff';
import { contract } from './contract';
import type { Contract } from './contract';
import { SyncStream } from './stream';
import type { StreamListener } from './stream';
import { SyncError } from './sync-error';
import type { SyncListener, SyncSource } from './sync-listener';

/**
 * The connection to a flag management system, as a state machine:
 *
 *                            fatal status, on the first connection
 *                        ┌──────────────────────────────────────────▶ refused
 *               open     │        event                  time for a new stream
 *     closed ───────▶ connecting ─────────▶ live ──────────────────────────────▶ renewing
 *                        │    ▲              │  ▲                                 │  │
 *                 end    │    │ delay        │  └─────────────────────────────────┘  │
 *                        ▼    │ over         │   event on the new stream (the old    │
 *                       waiting ◀────────────┘   one is cancelled), or its end       │
 *                             ▲      end                                             │
 *                             │                     end of the old stream            │
 *                             └─ connecting ◀────────────────────────────────────────┘
 *
 *     close: from every state to closed
 *
 * `setState` is the only door. A state says what it holds, streams and timers; what the next one does not hold is ended
 * on the way. Callbacks of a stream or timer that the current state does not hold do nothing.
 */
type State =
  | { readonly name: 'closed'; readonly holds: readonly [] }
  | { readonly name: 'refused'; readonly holds: readonly [] }
  | ({ readonly name: 'connecting'; readonly stream: Stream } & Trying)
  | ({ readonly name: 'waiting' } & Trying)
  | ({ readonly name: 'live'; readonly stream: Stream } & Serving)
  | ({ readonly name: 'renewing'; readonly stream: Stream; readonly successor: Stream } & Serving);

/** No flags arrive. */
interface Trying extends Holding {
  /** Whether no event has come since `open()`. */
  readonly first: boolean;
  /** Why no flags arrive; absent while the first attempt is still under way. */
  readonly loss?: SyncError;
  readonly rhythm: Rhythm;
}

/** Flags arrive. */
interface Serving extends Holding {
  readonly rhythm: Rhythm;
}

interface Holding {
  readonly holds: readonly Held[];
}

/** Something that is ended by cancelling it. */
interface Held {
  cancel(): void;
}

/** A stream as the connection sees it. */
export type Stream = Pick<SyncStream, 'open' | 'cancel' | 'contract' | 'connected'>;

/** Trying to connect is cheap and opening streams is not: each has its own rhythm. */
interface Rhythm {
  readonly connecting: Backoff;
  readonly streaming: Backoff;
}

/** Time, chance and streams, as parameters for tests. */
export interface Surroundings {
  readonly random: () => number;
  readonly setTimer: (delayMs: number, run: () => void) => Held;
  readonly openStream: (options: ResolvedOptions, preferred: Contract, listener: StreamListener) => Stream;
}

const surroundings: Surroundings = {
  random: Math.random,
  setTimer: (delayMs, run) => {
    // Not unref'd: while flags are being waited for, the process is not done. `close()` ends it.
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  openStream: (options, preferred, listener) => new SyncStream(options, preferred, listener),
};

/** How much the connecting rhythm slows down from one attempt to the next: within ten seconds, hardly. */
const connectingFactor = 1.05;
const streamingFactor = 2;
/** Renewals of clients that started together drift apart by up to this part of `streamDeadlineMs`. */
const renewalJitter = 0.1;

export class Connection implements SyncSource {
  readonly #options: ResolvedOptions;
  readonly #listener: SyncListener;
  readonly #surroundings: Surroundings;
  readonly #streamListener: StreamListener;
  #state: State = { name: 'closed', holds: [] };
  /** What the server was last found to speak. */
  #contract: Contract;

  constructor(options: ResolvedOptions, listener: SyncListener, given: Partial<Surroundings> = {}) {
    this.#options = options;
    this.#listener = listener;
    this.#surroundings = { ...surroundings, ...given };
    this.#contract = contract(options.protocol === 'auto' ? 'flagd.sync.v1' : options.protocol);
    this.#streamListener = {
      onEvent: (stream, event) => this.#onEvent(stream, event),
      onInvalidMessage: (stream, error) => this.#onInvalidMessage(stream, error),
      onEnd: (stream, error) => this.#onEnd(stream, error),
    };
  }

  open(): void {
    if (this.#state.name !== 'closed') return;
    this.#connect({ first: true, rhythm: this.#freshRhythm() });
  }

  close(): void {
    this.#setState({ name: 'closed', holds: [] });
  }

  #setState(next: State): void {
    const previous = this.#state;
    this.#state = next;
    const kept = new Set<Held>(next.holds);
    for (const held of previous.holds) {
      if (!kept.has(held)) held.cancel();
    }
  }

  #connect(trying: Omit<Trying, 'holds'>): void {
    const stream = this.#newStream();
    this.#setState({ ...trying, name: 'connecting', stream, holds: [stream] });
    stream.open();
  }

  #serve(stream: Stream): void {
    this.#contract = stream.contract;
    const { streamDeadlineMs } = this.#options;
    const jittered = streamDeadlineMs * (1 - renewalJitter * this.#surroundings.random());
    this.#live(stream, this.#freshRhythm(), streamDeadlineMs > 0 ? jittered : undefined);
  }

  #live(stream: Stream, rhythm: Rhythm, renewInMs: number | undefined): void {
    const timers = renewInMs === undefined ? [] : [this.#surroundings.setTimer(renewInMs, () => this.#renew())];
    this.#setState({ name: 'live', stream, rhythm, holds: [stream, ...timers] });
  }

  /** Opens the next stream before the present one ends, so that no change is missed and nobody notices. */
  #renew(): void {
    const state = this.#state;
    if (state.name !== 'live') return;
    const successor = this.#newStream();
    const { stream, rhythm } = state;
    this.#setState({ name: 'renewing', stream, successor, rhythm, holds: [stream, successor] });
    successor.open();
  }

  #onEvent(stream: Stream, event: SyncEvent): void {
    const state = this.#state;
    switch (state.name) {
      case 'connecting':
        if (stream !== state.stream) return;
        this.#serve(stream);
        break;
      case 'renewing':
        if (stream === state.successor) this.#serve(stream);
        else if (stream !== state.stream) return;
        break;
      case 'live':
        if (stream !== state.stream) return;
        break;
      case 'closed':
      case 'refused':
      case 'waiting':
        return;
    }
    try {
      this.#listener.onEvent(event);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#listener.onInvalidMessage(new SyncError(message, undefined, { cause }));
    }
  }

  #onInvalidMessage(stream: Stream, error: SyncError): void {
    if (this.#state.holds.some((held) => held === stream)) this.#listener.onInvalidMessage(error);
  }

  #onEnd(stream: Stream, error: SyncError): void {
    const state = this.#state;
    switch (state.name) {
      case 'connecting':
        if (stream === state.stream) this.#retry(state, error);
        return;
      case 'live':
        if (stream === state.stream) this.#retry({ first: false, rhythm: state.rhythm }, error);
        return;
      case 'renewing': {
        const { successor, rhythm } = state;
        if (stream === successor) {
          const { delayMs, next } = pause(rhythm, stream);
          this.#live(state.stream, next, delayMs);
        } else if (stream === state.stream) {
          this.#setState({
            name: 'connecting',
            stream: successor,
            first: false,
            loss: error,
            rhythm,
            holds: [successor],
          });
          this.#listener.onDisconnected(error);
        }
        return;
      }
      case 'closed':
      case 'refused':
      case 'waiting':
        return;
    }
  }

  #retry(from: Omit<Trying, 'holds'> & { readonly stream?: Stream }, error: SyncError): void {
    const { first, loss, rhythm } = from;
    if (first && error.code !== undefined && this.#options.fatalStatusCodes.includes(error.code)) {
      this.#setState({ name: 'refused', holds: [] });
      this.#listener.onFatal(error);
      return;
    }
    const { delayMs, next } = pause(rhythm, from.stream);
    const trying = { first, loss: error, rhythm: next };
    const timer = this.#surroundings.setTimer(delayMs, () => this.#connect(trying));
    this.#setState({ ...trying, name: 'waiting', holds: [timer] });
    if (loss === undefined) this.#listener.onDisconnected(error);
  }

  #newStream(): Stream {
    return this.#surroundings.openStream(this.#options, this.#contract, this.#streamListener);
  }

  #freshRhythm(): Rhythm {
    const { retryBackoffMs: firstMs, retryBackoffMaxMs: maxMs } = this.#options;
    const { random } = this.#surroundings;
    return {
      connecting: exponentialBackoff({
        firstMs,
        maxMs: Math.max(firstMs, maxMs / 2),
        factor: connectingFactor,
        random,
      }),
      streaming: exponentialBackoff({ firstMs, maxMs, factor: streamingFactor, random }),
    };
  }
}

/** The wait after a failed attempt, and the rhythm from there. */
function pause(rhythm: Rhythm, failed: Stream | undefined): { delayMs: number; next: Rhythm } {
  const kind = failed?.connected === false ? 'connecting' : 'streaming';
  return { delayMs: rhythm[kind].delayMs, next: { ...rhythm, [kind]: rhythm[kind].next() } };
}
