import type { ResolvedOptions } from '../config/options';
import type { AllEvent, SyncEvent } from '../flags/sync-event';
import { Backlog } from './backlog';
import type { Received } from './backlog';
import type { Contract, RemoteCall } from './contract';
import { decodeFetchedFlags, decodeMetadata } from './decode';
import { asSyncError, place } from './failure';
import { Pacer } from './pacer';
import { Subscription } from './subscription';
import type { StreamPlan } from './subscription';
import type { SyncError } from './sync-error';

/** Who is told what happens on a stream. Nothing is called after `onEnd`, nor after `cancel()`. */
export interface StreamListener {
  onEvent(stream: Stream, event: SyncEvent): void;
  onInvalidMessage(stream: Stream, error: SyncError): void;
  /** The server is about to go: the stream goes on for a while, and it is time for another. */
  onDraining(stream: Stream): void;
  /** Called once. */
  onEnd(stream: Stream, error: SyncError): void;
}

/** One attempt to receive flags. */
export interface Stream {
  /** The contract that is spoken: the one planned, or the other if the server does not know that. */
  readonly contract: Contract;
  /** Whether a connection was made, however the stream fared on it. */
  readonly connected: boolean;
  /** The address of the server, once there is a connection. */
  readonly peer: string | undefined;
  open(): void;
  /** Ends the stream without a word to the listener. Idempotent. */
  cancel(): void;
}

/**
 * Where a stream stands with what it has received:
 *
 *     empty ─▶ fetching ─▶ flowing ─▶ ended
 *       │                     ▲
 *       ├─▶ asking ───────────┤    fetching: the first message was no whole set
 *       └─────────────────────┘    asking: the first message came without a sync context
 */
type Phase = 'empty' | 'fetching' | 'asking' | 'flowing' | 'ended';

/** The part of `deadlineMs` that the first flags wait for a sync context; if it comes later, they come again with it. */
const patienceForContext = 1 / 4;

/** So many whole sets one upon another, each closer to the one before than that, are a burst: most are superseded at once. */
const burst = { sets: 4, gapMs: 5 };
/** How long to rest between two whole sets in a burst: nobody can see the difference. */
const burstRestMs = 100;

/** A stream over gRPC: exactly one end, and first of all a whole flag set. */
export class SyncStream implements Stream {
  readonly #options: ResolvedOptions;
  readonly #listener: StreamListener;
  readonly #subscription: Subscription;
  readonly #backlog = new Backlog();
  readonly #pacer = new Pacer(() => this.#step());
  #phase: Phase = 'empty';
  #lastSetAt = -Infinity;
  /** How many whole sets came one upon another. */
  #setsInARow = 0;
  #patience: NodeJS.Timeout | undefined;
  /** The last whole set, for as long as its context is still being asked for. */
  #withoutContext: AllEvent | undefined;
  /** Why the subscription ended, while what came before is still being handed over. */
  #end: SyncError | undefined;

  constructor(options: ResolvedOptions, plan: StreamPlan, listener: StreamListener) {
    this.#options = options;
    this.#listener = listener;
    this.#subscription = new Subscription(options, plan, {
      onReceived: (item) => this.#onReceived(item),
      onDraining: () => listener.onDraining(this),
      onEnd: (error) => this.#onEnd(error),
    });
  }

  get contract(): Contract {
    return this.#subscription.contract;
  }

  get connected(): boolean {
    return this.#subscription.connected;
  }

  get peer(): string | undefined {
    return this.#subscription.peer;
  }

  open(): void {
    this.#subscription.open();
  }

  cancel(): void {
    this.#phase = 'ended';
    this.#pacer.cancel();
    clearTimeout(this.#patience);
    this.#backlog.clear();
    this.#withoutContext = undefined;
    this.#subscription.cancel();
  }

  #onReceived(item: Received): void {
    if (item.type === 'ALL') {
      if (this.#withoutContext) this.#withoutContext = item;
      const now = performance.now();
      this.#setsInARow = now - this.#lastSetAt < burst.gapMs ? this.#setsInARow + 1 : 1;
      this.#lastSetAt = now;
    }
    this.#backlog.add(item);
    this.#proceed();
  }

  #onEnd(error: SyncError): void {
    this.#end = error;
    if (this.#phase === 'fetching') this.#backlog.clear();
    if (this.#phase === 'fetching' || this.#phase === 'asking') this.#flow();
    else this.#proceed();
  }

  /** Soon, and after a rest if what comes next may be superseded by then. */
  #proceed(): void {
    const { first } = this.#backlog;
    if (!first && !this.#end) return;
    this.#pacer.schedule({ rest: first?.type === 'ALL', atLeastMs: this.#setsInARow < burst.sets ? 0 : burstRestMs });
  }

  #step(): void {
    if (this.#phase === 'fetching' || this.#phase === 'asking') return;
    const { first } = this.#backlog;
    if (!first) {
      if (this.#end) this.#finish(this.#end);
    } else if (this.#phase === 'empty' && first.type !== 'INVALID') {
      this.#complete(first);
    } else {
      this.#backlog.take();
      this.#proceed();
      if (first.type === 'INVALID') this.#listener.onInvalidMessage(this, first.error);
      else this.#listener.onEvent(this, first);
    }
  }

  /** Finds out what the first message did not say, before it is handed over. */
  #complete(first: SyncEvent): void {
    const getMetadata = this.contract.getMetadata?.();
    if (this.#end) this.#flow();
    else if (first.type !== 'ALL') void this.#fetchAll();
    else if (getMetadata && !first.syncContext) void this.#askForContext(first, getMetadata);
    else this.#flow();
  }

  #flow(): void {
    clearTimeout(this.#patience);
    this.#phase = 'flowing';
    this.#pacer.schedule({ rest: false });
  }

  /** The stream began in the middle: what it builds upon is fetched, for events may have been missed. */
  async #fetchAll(): Promise<void> {
    this.#phase = 'fetching';
    try {
      const call = this.contract.fetchAllFlags(this.#subscription.requester);
      const flagSet = decodeFetchedFlags(await this.#subscription.ask('FetchAllFlags', call));
      if (this.#is('fetching') && this.#backlog.first?.type !== 'ALL') this.#backlog.begin({ type: 'ALL', flagSet });
    } catch (error) {
      if (!this.#is('fetching')) return;
      if (!isUnimplemented(error)) {
        this.#finish(asSyncError(error, this.#options));
        return;
      }
      const where = place(this.#options);
      this.#options.logger.warn(`${where} began with a change and does not know FetchAllFlags: flags may be missing`);
    }
    if (this.#is('fetching')) this.#flow();
  }

  /** Servers of before `sync_context` say it in an answer of its own. */
  async #askForContext(first: AllEvent, getMetadata: RemoteCall): Promise<void> {
    this.#phase = 'asking';
    this.#withoutContext = first;
    this.#patience = setTimeout(() => this.#flow(), this.#options.deadlineMs * patienceForContext);
    try {
      const syncContext = decodeMetadata(await this.#subscription.ask('GetMetadata', getMetadata));
      const event = this.#withoutContext as AllEvent | undefined;
      if (event && !event.syncContext) this.#onReceived({ ...event, syncContext });
    } catch (error) {
      if (this.#is('ended')) return;
      if (!isUnimplemented(error)) this.#options.logger.warn(asSyncError(error, this.#options).message);
    }
    this.#withoutContext = undefined;
    if (this.#is('asking')) this.#flow();
  }

  /** What TypeScript does not see: the phase may have changed while something was awaited. */
  #is(phase: Phase): boolean {
    return this.#phase === phase;
  }

  #finish(error: SyncError): void {
    this.cancel();
    this.#listener.onEnd(this, error);
  }
}

function isUnimplemented(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UNIMPLEMENTED';
}
