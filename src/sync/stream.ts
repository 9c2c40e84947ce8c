import { status } from '@grpc/grpc-js';
import type { ClientReadableStream, StatusObject } from '@grpc/grpc-js';
import type { EvaluationContext } from '@openfeature/server-sdk';
import type { ResolvedOptions } from '../config/options';
import type { AllEvent, SyncEvent } from '../flags/sync-event';
import { Backlog } from './backlog';
import { SyncClient } from './client';
import { otherContract } from './contract';
import type { Contract, Requester } from './contract';
import { decodeFetchedFlags, decodeMetadata } from './decode';
import { asSyncError, endOfStream, isStatus } from './failure';
import { SyncError } from './sync-error';

/** Who is told what happens on a stream. Nothing is called after `onEnd`, nor after `cancel()`. */
export interface StreamListener {
  onEvent(stream: SyncStream, event: SyncEvent): void;
  onInvalidMessage(stream: SyncStream, error: SyncError): void;
  /** Called once. */
  onEnd(stream: SyncStream, error: SyncError): void;
}

/**
 * Where a stream stands:
 *
 *     preparing ─▶ silent ─▶ fetching ─▶ flowing ─▶ ended
 *                    │          ▲           ▲
 *                    ├──────────┘           │    fetching: the first message was no whole set
 *                    ├─▶ asking ────────────┤    asking: the first message came without a sync context
 *                    └──────────────────────┘
 */
type Phase = 'preparing' | 'silent' | 'fetching' | 'asking' | 'flowing' | 'ended';

/** The part of `deadlineMs` that the first flags wait for a sync context; if it comes later, they come again with it. */
const patienceForContext = 1 / 4;

/** One attempt to receive flags: a channel, a call on it, and exactly one end. */
export class SyncStream {
  readonly #options: ResolvedOptions;
  readonly #requester: Requester;
  readonly #listener: StreamListener;
  readonly #backlog = new Backlog();
  #contract: Contract;
  #mayFallBack: boolean;
  #phase: Phase = 'preparing';
  #client: SyncClient | undefined;
  #call: ClientReadableStream<Buffer> | undefined;
  #turn: NodeJS.Immediate | undefined;
  #patience: NodeJS.Timeout | undefined;
  /** The last whole set, for as long as its context is still being asked for. */
  #withoutContext: AllEvent | undefined;
  /** Why the call ended, while what came before is still being handed over. */
  #end: SyncError | undefined;

  constructor(options: ResolvedOptions, contract: Contract, listener: StreamListener) {
    this.#options = options;
    this.#requester = {
      ...(options.providerId !== undefined && { providerId: options.providerId }),
      ...(options.selector !== undefined && { selector: options.selector }),
    };
    this.#listener = listener;
    this.#contract = contract;
    this.#mayFallBack = options.protocol === 'auto';
  }

  /** The contract that is spoken: the one given, or the other if the server does not know that. */
  get contract(): Contract {
    return this.#contract;
  }

  /** Whether a connection was made, however the stream fared on it. */
  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  open(): void {
    SyncClient.create(this.#options).then(
      (client) => this.#start(client),
      (error: unknown) => this.#finish(asSyncError(error, this.#options, 'Preparing a stream')),
    );
  }

  /** Ends the stream without a word to the listener. Idempotent. */
  cancel(): void {
    this.#phase = 'ended';
    clearImmediate(this.#turn);
    clearTimeout(this.#patience);
    this.#backlog.clear();
    this.#withoutContext = undefined;
    this.#call?.cancel();
    this.#client?.close();
  }

  #start(client: SyncClient): void {
    if (this.#phase === 'ended') {
      client.close();
      return;
    }
    this.#client = client;
    this.#phase = 'silent';
    this.#subscribe(client);
  }

  #subscribe(client: SyncClient): void {
    const call = client.stream(this.#contract.syncFlags(this.#requester));
    this.#call = call;
    call.on('data', (message: Buffer) => this.#receive(message));
    call.on('status', (end: StatusObject) => this.#onStatus(end, client));
    // The status event says the same; without a listener this one would be thrown.
    call.on('error', () => undefined);
  }

  #onStatus(end: StatusObject, client: SyncClient): void {
    if (this.#phase === 'silent' && this.#mayFallBack && end.code === status.UNIMPLEMENTED) {
      this.#mayFallBack = false;
      this.#contract = otherContract(this.#contract);
      this.#subscribe(client);
      return;
    }
    this.#end = endOfStream(end, this.#options, this.#tried());
    if (this.#phase === 'fetching') this.#backlog.clear();
    if (this.#phase === 'fetching' || this.#phase === 'asking') this.#phase = 'flowing';
    this.#schedule();
  }

  #tried(): string {
    const fellBack = this.#options.protocol === 'auto' && !this.#mayFallBack;
    return fellBack ? `${otherContract(this.#contract).name} or ${this.#contract.name}` : this.#contract.name;
  }

  #receive(message: Buffer): void {
    if (this.#phase === 'ended') return;
    try {
      const event = this.#contract.decode(message);
      this.#backlog.add(event);
      if (this.#withoutContext && event.type === 'ALL') this.#withoutContext = event;
    } catch (cause) {
      const text = `a message of ${message.length} bytes is none of ${this.#contract.name}`;
      this.#backlog.add({ type: 'INVALID', error: new SyncError(text, undefined, { cause }) });
    }
    this.#schedule();
  }

  /** One step per turn of the event loop: what arrives in the same turn is collected, and other work gets its share. */
  #schedule(): void {
    if (this.#phase === 'ended') return;
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      this.#step();
    });
  }

  #step(): void {
    if (this.#phase === 'fetching' || this.#phase === 'asking') return;
    const { first } = this.#backlog;
    if (!first) {
      if (this.#end) this.#finish(this.#end);
      return;
    }
    if (this.#phase === 'silent' && first.type !== 'INVALID') {
      this.#completeFirst(first);
      return;
    }
    this.#backlog.take();
    this.#schedule();
    if (first.type === 'INVALID') this.#listener.onInvalidMessage(this, first.error);
    else this.#listener.onEvent(this, first);
  }

  #completeFirst(first: SyncEvent): void {
    if (this.#end) this.#flow();
    else if (first.type !== 'ALL') this.#fetchAll();
    else if (this.#contract.getMetadata && first.syncContext === undefined) this.#askForContext(first);
    else this.#flow();
  }

  #flow(): void {
    if (this.#phase === 'ended') return;
    clearTimeout(this.#patience);
    this.#phase = 'flowing';
    this.#schedule();
  }

  /** The stream began in the middle: what it builds upon is fetched, and events may have been missed. */
  #fetchAll(): void {
    this.#phase = 'fetching';
    this.#unary(this.#contract.fetchAllFlags(this.#requester)).then(
      (response) => {
        if (this.#phase !== 'fetching') return;
        if (this.#backlog.first?.type !== 'ALL') {
          this.#backlog.begin({ type: 'ALL', flagSet: decodeFetchedFlags(response) });
        }
        this.#flow();
      },
      (error: unknown) => {
        if (this.#phase !== 'fetching') return;
        if (!isStatus(error, status.UNIMPLEMENTED)) {
          this.#finish(asSyncError(error, this.#options, 'FetchAllFlags'));
          return;
        }
        this.#options.logger.warn(
          'The flag server began its stream with a change and does not implement FetchAllFlags: flags may be missing.',
        );
        this.#flow();
      },
    );
  }

  /** Servers of before `sync_context` say it in an answer of its own. */
  #askForContext(first: AllEvent): void {
    const call = this.#contract.getMetadata?.();
    if (!call) return;
    this.#phase = 'asking';
    this.#withoutContext = first;
    this.#patience = setTimeout(() => this.#flow(), this.#options.deadlineMs * patienceForContext);
    this.#unary(call)
      .then((response) => this.#addContext(decodeMetadata(response)))
      .catch((error: unknown) => {
        if (this.#phase === 'ended' || isStatus(error, status.UNIMPLEMENTED)) return;
        this.#options.logger.warn(asSyncError(error, this.#options, 'GetMetadata').message);
      })
      .finally(() => {
        this.#withoutContext = undefined;
        if (this.#phase === 'asking') this.#flow();
      });
  }

  #addContext(syncContext: EvaluationContext): void {
    if (this.#phase === 'ended' || !this.#withoutContext || this.#withoutContext.syncContext) return;
    this.#backlog.add({ ...this.#withoutContext, syncContext });
    this.#schedule();
  }

  #unary(call: Parameters<SyncClient['call']>[0]): Promise<Buffer> {
    return this.#client?.call(call, this.#options.deadlineMs) ?? Promise.reject(new Error('the stream is not open'));
  }

  #finish(error: SyncError): void {
    if (this.#phase === 'ended') return;
    this.cancel();
    this.#listener.onEnd(this, error);
  }
}
