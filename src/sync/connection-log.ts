import type { Logger } from '@openfeature/server-sdk';
import type { SyncEvent } from '../flags/sync-event';
import type { SyncError } from './sync-error';
import type { SourceStatus } from './sync-listener';

/** Some servers put a number into every refusal: then no two are the same. */
const mostReasons = 5;

type Protocol = NonNullable<SourceStatus['protocol']>;

/**
 * What a person on call would want to know: a line for each change, not one for each attempt; and the figures of
 * `status()`.
 */
export class ConnectionLog {
  readonly #logger: Logger;
  readonly #place: string;
  #connections = 0;
  #lost = true;
  /** Reasons that were logged since flags arrived last. */
  readonly #reasons = new Set<string>();
  #lastMessage: SourceStatus['lastMessage'];
  #lastError: SourceStatus['lastError'];

  constructor(logger: Logger, place: string) {
    this.#logger = logger;
    this.#place = place;
  }

  connected(protocol: Protocol, address: string | undefined): void {
    if (this.#lost) this.#logger.info(`${this.#place}: flags arrive from ${address ?? 'the server'} by ${protocol}`);
    this.#lost = false;
    this.#reasons.clear();
    this.#connections += 1;
  }

  received(event: SyncEvent): void {
    this.#lastMessage = {
      at: new Date().toISOString(),
      type: event.type,
      bytes: 'flagSet' in event ? event.flagSet.byteLength : 0,
    };
  }

  lost(error: SyncError): void {
    this.#lost = true;
    this.#note(error);
    this.#reasons.add(error.message);
    this.#logger.warn(`${error.message}; no flags arrive, and the attempts go on`);
  }

  /** Another attempt in vain: worth a line only if it failed for a reason not told yet, and not too many of these. */
  failed(error: SyncError): void {
    this.#note(error);
    if (this.#reasons.has(error.message) || this.#reasons.size >= mostReasons) {
      this.#logger.debug(error.message);
    } else {
      this.#reasons.add(error.message);
      this.#logger.warn(`${error.message}; the attempts go on`);
    }
  }

  refused(error: SyncError): void {
    this.#note(error);
    this.#logger.error(`${error.message}; this is final, as fatalStatusCodes has it`);
  }

  throttled(keepAliveMs: number): void {
    this.#logger.warn(`${this.#place}: the server finds the pings too many; now one every ${keepAliveMs} ms`);
  }

  status(state: SourceStatus['state'], protocol: Protocol | undefined, address: string | undefined): SourceStatus {
    return {
      state,
      target: this.#place,
      ...(protocol && { protocol }),
      ...(address !== undefined && { address }),
      reconnects: Math.max(0, this.#connections - 1),
      ...(this.#lastMessage && { lastMessage: this.#lastMessage }),
      ...(this.#lastError && { lastError: this.#lastError }),
    };
  }

  #note({ message, code }: SyncError): void {
    this.#lastError = { at: new Date().toISOString(), message, ...(code !== undefined && { code }) };
  }
}
