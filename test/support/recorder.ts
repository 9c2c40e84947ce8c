import type { SyncEvent } from '../../src/flags/sync-event';
import type { SyncError } from '../../src/sync/sync-error';
import type { SyncListener } from '../../src/sync/sync-listener';

/** A listener that remembers what it was told, and lets a test wait for it. */
export class Recorder implements SyncListener {
  readonly events: SyncEvent[] = [];
  readonly invalid: SyncError[] = [];
  readonly losses: SyncError[] = [];
  readonly fatal: SyncError[] = [];
  /** May throw, as the application of a flag set does. */
  onEach: (event: SyncEvent) => void = () => undefined;
  readonly #waiting = new Set<() => void>();

  onEvent(event: SyncEvent): void {
    this.events.push(event);
    this.#wake();
    this.onEach(event);
  }

  onInvalidMessage(error: SyncError): void {
    this.invalid.push(error);
    this.#wake();
  }

  onDisconnected(error: SyncError): void {
    this.losses.push(error);
    this.#wake();
  }

  onFatal(error: SyncError): void {
    this.fatal.push(error);
    this.#wake();
  }

  /** The events so far, in short: `ALL {"flags":{}}`. */
  get said(): string[] {
    return this.events.map((event) =>
      'flagSet' in event ? `${event.type} ${Buffer.from(event.flagSet).toString()}` : event.type,
    );
  }

  /** Resolves once the condition holds; it is looked at whenever something is told. */
  until(condition: (recorder: this) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
