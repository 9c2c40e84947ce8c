import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ResolvedOptions } from '../config/options';
import { ConnectionLog } from './connection-log';
import { FolderWatch } from './folder-watch';
import { SyncError } from './sync-error';
import type { SourceStatus, SyncListener, SyncSource } from './sync-listener';

/** Milliseconds that a changed file must stay as it is before it is read: it may be in the middle of being written. */
const settlingMs = 25;
/** A file that never rests is read all the same after so many looks. */
const mostLooks = 40;
/** Milliseconds that a file with unusable text is given to become usable, before anyone is told. */
const patienceMs = 250;

/**
 * Flags from a file instead of a server, with the same events. The state of the file decides, at each look; the events of
 * its folder only bring the next look forward. So it does not matter whether the file is written, replaced, deleted and
 * put back, or reached through a link that turns elsewhere, as in Kubernetes.
 */
export class FileSource implements SyncSource {
  readonly #path: string;
  readonly #pollMs: number;
  readonly #listener: SyncListener;
  readonly #log: ConnectionLog;
  #watch: FolderWatch | undefined;
  #state: 'closed' | 'connecting' | 'waiting' | 'live' = 'closed';
  /** What was handed over last, as long as it was good and nothing has gone wrong since. */
  #good: Buffer | undefined;

  constructor(path: string, { offlinePollIntervalMs, logger }: ResolvedOptions, listener: SyncListener) {
    this.#path = resolve(path);
    this.#pollMs = offlinePollIntervalMs;
    this.#listener = listener;
    this.#log = new ConnectionLog(logger, path);
  }

  open(): void {
    if (this.#watch) return;
    this.#state = 'connecting';
    this.#watch = new FolderWatch(dirname(this.#path));
    void this.#follow(this.#watch);
  }

  close(): void {
    this.#watch?.close();
    this.#watch = undefined;
    this.#good = undefined;
    this.#state = 'closed';
  }

  status(): SourceStatus {
    return this.#log.status(this.#state, 'file', undefined);
  }

  async #follow(watch: FolderWatch): Promise<void> {
    let seen = '';
    let hadEvent = true;
    while (!watch.isClosed) {
      const looked = seen === '' ? await this.#look() : await this.#lookUntilSettled(seen);
      if (looked !== seen) {
        if (!hadEvent) watch.restart();
        seen = looked;
        await this.#read(watch);
      } else {
        hadEvent = await watch.next(this.#pollMs);
      }
    }
  }

  async #lookUntilSettled(seen: string): Promise<string> {
    let looked = await this.#look();
    for (let looks = 1; looked !== seen && looks < mostLooks; looks++) {
      await pause(settlingMs, undefined, { ref: false });
      const again = await this.#look();
      if (again === looked) break;
      looked = again;
    }
    return looked;
  }

  /** What tells one state of the file from another: also the name of the error, if it cannot be looked at. */
  async #look(): Promise<string> {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await stat(this.#path, { bigint: true });
      return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
    } catch (error) {
      return String((error as NodeJS.ErrnoException).code);
    }
  }

  async #read(watch: FolderWatch): Promise<void> {
    try {
      const text = await readFile(this.#path);
      if (watch.isClosed || this.#good?.equals(text)) return;
      const error = this.#handOver(text);
      if (error) await this.#report(error, text, watch);
    } catch (cause) {
      if (!watch.isClosed) this.#lose(cause);
    }
  }

  #handOver(flagSet: Buffer): SyncError | undefined {
    try {
      this.#listener.onEvent({ type: 'ALL', flagSet });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      return new SyncError(`${this.#path}: ${message}`, undefined, { cause });
    }
    this.#good = flagSet;
    if (this.#state !== 'live') this.#log.connected('file', this.#path);
    this.#state = 'live';
    this.#log.received({ type: 'ALL', flagSet });
    return undefined;
  }

  /** Unless the text is another by then: it was only half of it. */
  async #report(error: SyncError, text: Buffer, watch: FolderWatch): Promise<void> {
    await pause(patienceMs, undefined, { ref: false });
    const isStillThere = text.equals(await readFile(this.#path));
    if (watch.isClosed || !isStillThere) return;
    this.#good = undefined;
    this.#listener.onInvalidMessage(error);
  }

  #lose(cause: unknown): void {
    this.#good = undefined;
    if (this.#state === 'waiting') return;
    this.#state = 'waiting';
    const message = cause instanceof Error ? cause.message : String(cause);
    const error = new SyncError(`the flag file cannot be read: ${message}`, undefined, { cause });
    this.#log.lost(error);
    this.#listener.onDisconnected(error);
  }
}
