import type { AllEvent, SyncEvent } from '../flags/sync-event';
import type { SyncError } from './sync-error';

/** What a stream has received and not handed over yet. */
export type Received = SyncEvent | { readonly type: 'INVALID'; readonly error: SyncError };

/**
 * Holds what arrives faster than it is handed over, in order. A whole set makes the events before it pointless: they are
 * dropped, so that a burst of large messages is not applied one by one.
 */
export class Backlog {
  #items: Received[] = [];

  get first(): Received | undefined {
    return this.#items[0];
  }

  add(item: Received): void {
    if (item.type === 'ALL') this.#supersede(item);
    else this.#items.push(item);
  }

  /** Puts a whole set in front. */
  begin(event: AllEvent): void {
    this.#items.unshift(event);
  }

  take(): Received | undefined {
    return this.#items.shift();
  }

  clear(): void {
    this.#items = [];
  }

  #supersede(event: AllEvent): void {
    // A context that the dropped events brought holds until a later one says otherwise.
    const syncContext = event.syncContext ?? this.#items.find((item) => item.type === 'ALL')?.syncContext;
    this.#items = this.#items.filter(({ type }) => type === 'INVALID');
    this.#items.push(syncContext ? { ...event, syncContext } : event);
  }
}
