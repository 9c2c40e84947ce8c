import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';

/** Milliseconds between two looks at a file of which nothing is heard. */
const idleMs = 500;
/** Milliseconds that a file must stay the same after a change. */
const settlingMs = 50;
/** After so many looks in a row at a file that keeps changing, it is reported all the same. */
const mostSettlingLooks = 20;

type Heard = 'nothing' | 'of a neighbour' | 'of the file';

/**
 * Tells when a file has changed: was written, replaced, deleted or put back, also through symbolic links (Kubernetes
 * replaces a link beside the file). It tells once the file has stopped changing, so that none is read half-written.
 *
 * The state of the file decides. The events of its folder only bring the next look forward, so that nothing depends on
 * what a platform or a network file system reports.
 */
export class FileWatcher {
  readonly #path: string;
  readonly #onChange: () => Promise<void>;
  #isOpen = false;
  #fingerprint = '';
  #events: FSWatcher | undefined;
  #heard: Heard = 'nothing';
  #isIdle = false;
  #endNap: () => void = () => undefined;
  #watching: Promise<void> = Promise.resolve();

  /** @param onChange is not called again before it has resolved; it does not reject */
  constructor(path: string, onChange: () => Promise<void>) {
    this.#path = resolve(path);
    this.#onChange = onChange;
  }

  /**
   * Begins. Every change after this call is told, once `read` has resolved; if it rejects, none is, and so does this.
   *
   * @param read takes in the file as it is at first
   */
  async open<Content>(read: () => Promise<Content>): Promise<Content> {
    this.#isOpen = true;
    this.#listen();
    this.#fingerprint = await fingerprintOf(this.#path);
    try {
      const content = await read();
      this.#watching = this.#watch();
      return content;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Ends for good; nothing is told any more. Resolves once the last look, and what it led to, has ended. */
  close(): Promise<void> {
    this.#isOpen = false;
    this.#events?.close();
    this.#endNap();
    return this.#watching;
  }

  async #watch(): Promise<void> {
    while (await this.#nextChange()) await this.#onChange();
  }

  /** Resolves with true once the file has changed, and with false on close. */
  async #nextChange(): Promise<boolean> {
    while (this.#isOpen) {
      this.#isIdle = this.#heard === 'nothing';
      if (this.#isIdle) await this.#nap(idleMs);
      this.#isIdle = false;
      const heard = this.#hearOut();
      const fingerprint = await fingerprintOf(this.#path);
      if (heard === 'of the file' || fingerprint !== this.#fingerprint) {
        // a change without an event: whoever sends them has stopped, for example because the folder was replaced
        if (heard === 'nothing') this.#listen();
        await this.#settle(fingerprint);
        return this.#isOpen;
      }
      if (heard === 'of a neighbour') await this.#nap(settlingMs);
    }
    return false;
  }

  async #settle(fingerprint: string): Promise<void> {
    for (let looks = 0; this.#isOpen && looks < mostSettlingLooks; looks++) {
      this.#fingerprint = fingerprint;
      await this.#nap(settlingMs);
      this.#hearOut();
      fingerprint = await fingerprintOf(this.#path);
      if (fingerprint === this.#fingerprint) return;
    }
    this.#fingerprint = fingerprint;
  }

  #hearOut(): Heard {
    const heard = this.#heard;
    this.#heard = 'nothing';
    return heard;
  }

  #nap(ms: number): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      timer.unref();
      this.#endNap = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #listen(): void {
    if (!this.#isOpen) return;
    this.#events?.close();
    this.#events = undefined;
    try {
      const events = watch(dirname(this.#path), { persistent: false });
      events.on('error', () => events.close());
      events.on('change', (_event, name) => {
        if (String(name) === basename(this.#path)) this.#heard = 'of the file';
        else if (this.#heard === 'nothing') this.#heard = 'of a neighbour';
        if (this.#isIdle) this.#endNap();
      });
      this.#events = events;
    } catch {
      // no such folder, or no more watches to be had: looking every now and then is enough
    }
  }
}

/** Changes whenever the file does; says as much of a file that is not there. */
async function fingerprintOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
