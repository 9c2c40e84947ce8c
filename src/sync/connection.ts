import type { ResolvedOptions } from '../config/options';
import type { SyncEvent } from '../flags/sync-event';
import { contract } from './contract';
import type { Contract } from './contract';
import { ConnectionLog } from './connection-log';
import { isExcessOfPings, place } from './failure';
import { connectMs, freshRhythm, pause } from './rhythm';
import type { Rhythm } from './rhythm';
import { SyncStream } from './stream';
import type { Stream, StreamListener } from './stream';
import type { StreamPlan } from './subscription';
import { SyncError } from './sync-error';
import type { SourceStatus, SyncListener, SyncSource } from './sync-listener';

/**
 * The connection to a flag management system, as a state machine:
 *
 *                 ┌────────▶ refused       fatal status, before the first event
 *                 │
 *     closed ─▶ connecting ─▶ live ─▶ renewing
 *                 │  ▲  ▲      │ ▲       │ │
 *                 │  │  │      │ └───────┘ │
 *                 ▼  │  └──────┼───────────┘
 *                waiting ◀─────┘
 *
 *     closed     → connecting   open
 *     connecting → live         event
 *     connecting → waiting      end of the stream
 *     waiting    → connecting   the delay is over
 *     live       → waiting      end of the stream
 *     live       → renewing     the stream's time is over, or its server is about to go
 *     renewing   → live         event on the new stream, and the old one is cancelled; or end of the new one
 *     renewing   → connecting   end of the old stream: all hope is on the new one
 *     any        → closed       close
 *
 * `#setState` is the only door. A state says what it holds, streams and timers; what the next one does not hold is ended
 * on the way. Callbacks of a stream that the current state does not hold do nothing.
 */
type State =
  | { readonly name: 'closed' | 'refused'; readonly holds: readonly [] }
  | ({ readonly name: 'connecting'; readonly stream: Stream } & Trying)
  | ({ readonly name: 'waiting' } & Trying)
  | ({ readonly name: 'live'; readonly stream: Stream } & Serving)
  | ({ readonly name: 'renewing'; readonly stream: Stream; readonly successor: Stream } & Serving);

/** No flags arrive. */
interface Trying extends Serving {
  /** Whether no event has come since `open()`. */
  readonly first: boolean;
  /** Why no flags arrive; absent while the first attempt is still under way. */
  readonly loss?: SyncError;
}

interface Serving {
  readonly rhythm: Rhythm;
  readonly holds: readonly Held[];
}

/** A stream or a timer: something that is ended by cancelling it. */
interface Held {
  cancel(): void;
}

/** Time, chance and streams, as parameters for tests. */
export interface Surroundings {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly setTimer: (delayMs: number, run: () => void) => Held;
  readonly makeStream: (options: ResolvedOptions, plan: StreamPlan, listener: StreamListener) => Stream;
}

const realSurroundings: Surroundings = {
  random: Math.random,
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  makeStream: (options, plan, listener) => new SyncStream(options, plan, listener),
};

/** Renewals of clients that started together drift apart by up to this part of `streamDeadlineMs`. */
const renewalJitter = 0.1;

export class Connection implements SyncSource {
  readonly #options: ResolvedOptions;
  readonly #listener: SyncListener;
  readonly #surroundings: Surroundings;
  readonly #log: ConnectionLog;
  readonly #streamListener: StreamListener;
  #state: State = { name: 'closed', holds: [] };
  /** What the server was last found to speak. */
  #contract: Contract;
  #keepAliveMs: number;

  constructor(options: ResolvedOptions, listener: SyncListener, surroundings: Partial<Surroundings> = {}) {
    this.#options = options;
    this.#listener = listener;
    this.#surroundings = { ...realSurroundings, ...surroundings };
    this.#log = new ConnectionLog(options.logger, place(options));
    this.#contract = contract(options.protocol === 'auto' ? 'flagd.sync.v1' : options.protocol);
    this.#keepAliveMs = options.keepAliveTime;
    this.#streamListener = {
      onEvent: (stream, event) => this.#onEvent(stream, event),
      onInvalidMessage: (stream, error) => this.#onInvalidMessage(stream, error),
      onDraining: (stream) => this.#renewSoon(stream),
      onEnd: (stream, error) => this.#onEnd(stream, error),
    };
  }

  open(): void {
    if (this.#state.name === 'closed') this.#connect({ first: true, rhythm: this.#freshRhythm() });
  }

  close(): void {
    this.#setState({ name: 'closed', holds: [] });
  }

  status(): SourceStatus {
    const state = this.#state;
    const stream = 'stream' in state ? state.stream : undefined;
    return this.#log.status(state.name, stream?.contract.name, stream?.peer);
  }

  #setState(next: State): void {
    const kept = new Set<Held>(next.holds);
    const previous = this.#state;
    this.#state = next;
    for (const held of previous.holds) {
      if (!kept.has(held)) held.cancel();
    }
  }

  #connect(trying: Omit<Trying, 'holds'>): void {
    const stream = this.#makeStream(trying.rhythm);
    this.#setState({ ...trying, name: 'connecting', stream, holds: [stream] });
    stream.open();
  }

  /** The stream has proved itself. */
  #serve(stream: Stream): void {
    this.#contract = stream.contract;
    const { streamDeadlineMs } = this.#options;
    const renewInMs = streamDeadlineMs * (1 - renewalJitter * this.#surroundings.random());
    this.#live(stream, this.#freshRhythm(), renewInMs > 0 ? renewInMs : undefined);
    this.#log.connected(stream.contract.name, stream.peer);
  }

  #live(stream: Stream, rhythm: Rhythm, renewInMs: number | undefined): void {
    const timers = renewInMs === undefined ? [] : [this.#surroundings.setTimer(renewInMs, () => this.#renew())];
    this.#setState({ name: 'live', stream, rhythm, holds: [stream, ...timers] });
  }

  /** Opens the next stream before the present one ends, so that no change is missed and nobody notices. */
  #renew(): void {
    const state = this.#state;
    if (state.name !== 'live') return;
    const { stream, rhythm } = state;
    const successor = this.#makeStream(rhythm);
    this.#setState({ name: 'renewing', stream, successor, rhythm, holds: [stream, successor] });
    successor.open();
  }

  #onEvent(stream: Stream, event: SyncEvent): void {
    const state = this.#state;
    if (!holds(state, stream)) return;
    if (state.name === 'connecting') this.#serve(stream);
    if (state.name === 'renewing' && stream === state.successor) this.#serve(stream);
    this.#log.received(event);
    try {
      this.#listener.onEvent(event);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#listener.onInvalidMessage(new SyncError(message, undefined, { cause }));
      if (event.type !== 'ALL') this.#renewSoon(stream); // a change is missing now
    }
  }

  #onInvalidMessage(stream: Stream, error: SyncError): void {
    if (!holds(this.#state, stream)) return;
    this.#listener.onInvalidMessage(error);
    if (stream.contract.name === 'sync.v1') this.#renewSoon(stream); // it may have been a change
  }

  /** Soon, but not at once: if the connection is lost after all, the usual wait applies. */
  #renewSoon(stream: Stream): void {
    const state = this.#state;
    if (state.name !== 'live' || stream !== state.stream) return;
    this.#live(stream, state.rhythm, this.#options.retryBackoffMs * this.#surroundings.random());
  }

  #onEnd(stream: Stream, error: SyncError): void {
    const state = this.#state;
    if (!holds(state, stream)) return;
    this.#throttlePings(error);
    switch (state.name) {
      case 'connecting':
        this.#retry(state, stream, error);
        return;
      case 'live':
        this.#retry({ first: false, rhythm: state.rhythm }, stream, error);
        return;
      case 'renewing':
        if (stream === state.successor) {
          const { delayMs, next } = pause(state.rhythm, stream);
          this.#log.failed(error);
          this.#live(state.stream, next, delayMs);
        } else {
          const { successor, rhythm } = state;
          this.#setState({
            name: 'connecting',
            stream: successor,
            first: false,
            loss: error,
            rhythm,
            holds: [successor],
          });
          this.#lose(error);
        }
        return;
      case 'closed':
      case 'refused':
      case 'waiting':
        return;
    }
  }

  #retry(trying: Omit<Trying, 'holds'>, stream: Stream, error: SyncError): void {
    const { first, loss } = trying;
    if (first && error.code !== undefined && this.#options.fatalStatusCodes.includes(error.code)) {
      this.#setState({ name: 'refused', holds: [] });
      this.#log.refused(error);
      this.#listener.onFatal(error);
      return;
    }
    const { delayMs, next } = pause(trying.rhythm, stream);
    const again = { first, loss: error, rhythm: next };
    const timer = this.#surroundings.setTimer(delayMs, () => this.#connect(again));
    this.#setState({ ...again, name: 'waiting', holds: [timer] });
    if (loss) this.#log.failed(error);
    else this.#lose(error);
  }

  #lose(error: SyncError): void {
    this.#log.lost(error);
    this.#listener.onDisconnected(error);
  }

  /** What a server finds too many pings once, it will find too many again. */
  #throttlePings(error: SyncError): void {
    if (this.#keepAliveMs === 0 || !isExcessOfPings(error)) return;
    this.#keepAliveMs *= 2;
    this.#log.throttled(this.#keepAliveMs);
  }

  #makeStream({ skip, silenceMs }: Rhythm): Stream {
    const plan = {
      contract: this.#contract,
      keepAliveMs: this.#keepAliveMs,
      connectMs: connectMs(this.#options),
      silenceMs,
      skip,
    };
    return this.#surroundings.makeStream(this.#options, plan, this.#streamListener);
  }

  #freshRhythm(): Rhythm {
    return freshRhythm(this.#options, this.#surroundings.random);
  }
}

function holds(state: State, stream: Stream): boolean {
  return (state.holds as readonly Held[]).includes(stream);
}
