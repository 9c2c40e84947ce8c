import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

/**
 * Tells when something may have happened in a folder: after an event, or after a while without one, since not every
 * file system reports everything. It does not keep the process alive.
 */
export class FolderWatch {
  readonly #folder: string;
  #watcher: FSWatcher | undefined;
  #hasEvent = false;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.#start();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves with whether there was an event since the last call, at the latest after `limitMs`, or on close. */
  async next(limitMs: number): Promise<boolean> {
    if (!this.#hasEvent && !this.#isClosed) await this.#sleep(limitMs);
    const hadEvent = this.#hasEvent;
    this.#hasEvent = false;
    return hadEvent;
  }

  /** To be called after a change without an event: the folder may have come into being, or may be another one by now. */
  restart(): void {
    this.#watcher?.close();
    if (!this.#isClosed) this.#start();
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    this.#wake();
  }

  #start(): void {
    try {
      const watcher = watch(this.#folder, { persistent: false });
      watcher.on('error', () => watcher.close());
      watcher.on('change', () => {
        this.#hasEvent = true;
        this.#wake();
      });
      this.#watcher = watcher;
    } catch {
      // No such folder, or no watch to be had: looking every now and then has to do.
    }
  }

  #sleep(limitMs: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, limitMs).unref();
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
