import { status } from '@grpc/grpc-js';
import type { ClientReadableStream, StatusObject } from '@grpc/grpc-js';
import type { ResolvedOptions } from '../config/options';
import type { Received } from './backlog';
import { SyncClient } from './client';
import type { ClientPlan } from './client';
import { otherContract } from './contract';
import type { Contract, RemoteCall, Requester } from './contract';
import { asSyncError, endOfCall, place } from './failure';
import { SyncError } from './sync-error';

/** What one attempt does differently from another. */
export interface StreamPlan extends ClientPlan {
  /** The contract to speak first. */
  readonly contract: Contract;
  /** Milliseconds until there must be a connection. */
  readonly connectMs: number;
  /** Milliseconds from there until the server must have said something. */
  readonly silenceMs: number;
}

/** Nothing is called after `onEnd`, nor after `cancel()`. */
export interface SubscriptionListener {
  onReceived(item: Received): void;
  /** The connection takes no further calls: the server is about to go, though the stream goes on for a while. */
  onDraining(): void;
  /** Called once. */
  onEnd(error: SyncError): void;
}

/** `ended`: the call is over. The channel stays open for questions until `cancel()`. */
type Phase = 'preparing' | 'silent' | 'receiving' | 'ended';

/** One SyncFlags call on a channel of its own, with the other contract as a second try where that is allowed. */
export class Subscription {
  readonly requester: Requester;
  readonly #options: ResolvedOptions;
  readonly #plan: StreamPlan;
  readonly #listener: SubscriptionListener;
  #contract: Contract;
  #mayFallBack: boolean;
  #phase: Phase = 'preparing';
  #client: SyncClient | undefined;
  #call: ClientReadableStream<Buffer> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ResolvedOptions, plan: StreamPlan, listener: SubscriptionListener) {
    this.#options = options;
    this.#plan = plan;
    this.#listener = listener;
    const { providerId, selector } = options;
    this.requester = { ...(providerId !== undefined && { providerId }), ...(selector !== undefined && { selector }) };
    this.#contract = plan.contract;
    this.#mayFallBack = options.protocol === 'auto';
  }

  get contract(): Contract {
    return this.#contract;
  }

  get connected(): boolean {
    return this.#client?.connected ?? false;
  }

  get peer(): string | undefined {
    return this.connected ? this.#call?.getPeer() : undefined;
  }

  open(): void {
    this.#allow(this.#plan.connectMs);
    SyncClient.create(this.#options, this.#plan, {
      onConnected: () => this.#allow(this.#plan.silenceMs),
      onDraining: () => this.#onDraining(),
    })
      .then((client) => this.#start(client))
      .catch((error: unknown) => this.#finish(asSyncError(error, this.#options)));
  }

  /**
   * A unary call on the same channel.
   *
   * @throws SyncError with the name of the status that it ended with
   */
  async ask(what: string, call: RemoteCall): Promise<Buffer> {
    try {
      if (!this.#client) throw new Error('the channel is not open yet');
      return await this.#client.call(call, this.#options.deadlineMs);
    } catch (error) {
      const { message, code } = asSyncError(error, this.#options);
      throw new SyncError(`${what}: ${this.#redact(message)}`, code);
    }
  }

  /** Ends call and channel without a word to the listener. Idempotent. */
  cancel(): void {
    this.#phase = 'ended';
    clearTimeout(this.#timer);
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
    const call = client.stream(this.#contract.syncFlags(this.requester));
    this.#call = call;
    call.on('data', (message: Buffer) => this.#onMessage(message));
    call.on('status', (end: StatusObject) => this.#onStatus(end, client));
    // The status event says the same; without a listener this one would be thrown.
    call.on('error', () => undefined);
  }

  #onMessage(message: Buffer): void {
    if (this.#phase === 'ended') return;
    clearTimeout(this.#timer);
    this.#phase = 'receiving';
    this.#listener.onReceived(this.#decode(message));
  }

  #decode(message: Buffer): Received {
    try {
      return this.#contract.decode(message);
    } catch (cause) {
      const text = `${place(this.#options)}: a message of ${message.length} bytes is none of ${this.#contract.name}`;
      return { type: 'INVALID', error: new SyncError(text, undefined, { cause }) };
    }
  }

  #onStatus({ code, details }: StatusObject, client: SyncClient): void {
    if (this.#phase === 'silent' && this.#mayFallBack && code === status.UNIMPLEMENTED) {
      this.#mayFallBack = false;
      this.#contract = otherContract(this.#contract);
      this.#subscribe(client);
    } else {
      const isUnknown = this.#phase === 'silent' && code === status.UNIMPLEMENTED;
      const said = isUnknown ? this.#unknownContract() : this.#redact(details);
      this.#finish(endOfCall({ code, details: said }, this.#options));
    }
  }

  #unknownContract(): string {
    const fellBack = this.#options.protocol === 'auto' && !this.#mayFallBack;
    return fellBack
      ? 'the server knows neither flagd.sync.v1 nor sync.v1'
      : `the server does not know ${this.#contract.name}`;
  }

  #onDraining(): void {
    if (this.#phase === 'receiving') this.#listener.onDraining();
  }

  /** Ends the attempt if it has not come further by then. */
  #allow(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#phase !== 'preparing' && this.#phase !== 'silent') return;
    this.#timer = setTimeout(() => this.#finish(this.#tooSlow(delayMs)), delayMs);
  }

  #tooSlow(delayMs: number): SyncError {
    const preparing = this.#phase === 'preparing';
    const missing = this.connected
      ? 'the server said nothing'
      : preparing
        ? 'there was no token'
        : 'there was no answer';
    return new SyncError(`${place(this.#options)}: ${missing} within ${delayMs} ms`, 'DEADLINE_EXCEEDED');
  }

  #redact(text: string): string {
    return this.#client?.redact(text) ?? text;
  }

  #finish(error: SyncError): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    clearTimeout(this.#timer);
    this.#listener.onEnd(error);
  }
}
