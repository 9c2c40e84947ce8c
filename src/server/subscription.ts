import { status, type ServerWritableStream, type StatusObject } from '@grpc/grpc-js';
import type { Contract } from './contract';
import type { FlagSet } from './flag-set';

/**
 * One client's stream. It takes the client from the flag set that it was sent last to the one that is served now, and
 * looks again only when that has left this machine: however slowly a client reads, nothing piles up for it, and it ends
 * with the newest state.
 */
export class Subscription {
  readonly #call: ServerWritableStream<unknown, Buffer>;
  readonly #contract: Contract;
  readonly #select: () => FlagSet;
  readonly #onPush: (bytes: number) => void;
  #state: 'idle' | 'sending' | 'ended' = 'idle';
  #sent: FlagSet | undefined;

  constructor(
    call: ServerWritableStream<unknown, Buffer>,
    contract: Contract,
    select: () => FlagSet,
    onPush: (bytes: number) => void,
  ) {
    this.#call = call;
    this.#contract = contract;
    this.#select = select;
    this.#onPush = onPush;
  }

  /** Sends what has changed, now or as soon as the client has taken what it was sent before. */
  update(): void {
    if (this.#state !== 'idle') return;
    const flagSet = this.#select();
    const messages = this.#contract.updates(this.#sent, flagSet);
    this.#sent = flagSet;
    if (messages.length === 0) return;
    this.#state = 'sending';
    messages.forEach((message, index) =>
      this.#call.write(message, () => {
        if (index === messages.length - 1) this.#onSent();
      }),
    );
    this.#onPush(messages.reduce((bytes, message) => bytes + message.length, 0));
  }

  /** Ends the stream with a status that makes clients come again. */
  end(): void {
    if (this.#state === 'ended') return;
    this.onEnded();
    const ending: Partial<StatusObject> = { code: status.UNAVAILABLE, details: 'The sync server is stopping.' };
    this.#call.emit('error', ending);
  }

  /** The stream has ended, whoever ended it. */
  onEnded(): void {
    this.#state = 'ended';
  }

  #onSent(): void {
    if (this.#state === 'ended') return;
    this.#state = 'idle';
    this.update();
  }
}
