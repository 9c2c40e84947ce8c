import { DefaultLogger, SafeLogger, type JsonValue, type Logger } from '@openfeature/server-sdk';
import { Endpoint } from './endpoint';
import type { FlagDefinition, FlagSetDefinition } from './flag-definition';
import { FlagFile } from './flag-file';
import { FlagSet, serveFlag } from './flag-set';
import { changesBetween, describeChanges } from './flag-set-changes';
import { problemsIn } from './flag-set-problems';
import { FlagStore } from './flag-store';
import { flagdSyncV1 } from './flagd-sync-v1';
import { targetOf } from './listener';
import type { SyncServerOptions } from './options';
import { SyncService } from './sync-service';
import { syncV1 } from './sync-v1';

/** The source of flags that are set in code without the name of one. */
const defaultSource = 'code';

interface Running {
  readonly endpoint: Endpoint;
  readonly files: readonly FlagFile[];
}

/**
 * Serves flag files, and flags set in code, to in-process providers of any language, over both sync contracts at once:
 * `flagd.sync.v1` and `sync.v1`. For development, tests, demonstrations, and wherever a file is all the flag management
 * there is.
 */
export class SyncServer {
  readonly #options: SyncServerOptions;
  readonly #paths: ReadonlySet<string>;
  readonly #logger: Logger;
  readonly #store = new FlagStore();
  readonly #service: SyncService;
  #running: Running | undefined;
  #lastStep: Promise<void> = Promise.resolve();

  constructor(options: SyncServerOptions = {}) {
    if (options.authToken === '') throw new TypeError('authToken is empty; leave it out if none is to be required.');
    this.#options = options;
    this.#paths = new Set(options.files);
    this.#logger = new SafeLogger(options.logger ?? new DefaultLogger());
    this.#service = new SyncService(this.#store, [flagdSyncV1(options.contextValues ?? {}), syncV1], this.#logger);
    for (const path of this.#paths) this.#store.set(path, FlagSet.empty);
  }

  /** The port that is listened on. Throws if the server does not run, or listens on a Unix socket. */
  get port(): number {
    const { address } = this.#assertRunning().endpoint;
    if ('socketPath' in address) throw new Error(`The sync server has no port: it listens on ${address.socketPath}.`);
    return address.port;
  }

  /** What a client connects to, as a gRPC target: `localhost:8015`, `unix:/run/sync.sock`. Throws if the server does not run. */
  get target(): string {
    return targetOf(this.#assertRunning().endpoint.address);
  }

  /**
   * Reads the files and begins to serve. Does nothing if the server runs.
   *
   * @throws {FlagFileError} if a file cannot be served
   * @throws {Error} if a certificate cannot be used, or the server cannot listen where it should
   */
  start(): Promise<void> {
    return this.#next(() => this.#start());
  }

  /**
   * Ends every stream, so that clients come again, and everything else that the server holds. Resolves when nothing is
   * left. Does nothing if the server does not run. Flags set in code stay for the next start.
   */
  stop(): Promise<void> {
    return this.#next(() => this.#stop());
  }

  /**
   * Makes these the flags of a source, and sends clients what has changed. A single flag that is broken is sent as it is.
   *
   * @param source names the flags for selectors; not the path of one of the files
   * @throws {FlagSetError} if it is no flag set
   */
  setFlags(flagSet: FlagSetDefinition, source = defaultSource): void {
    this.#setInCode(source, () => FlagSet.from(toJson(flagSet)));
  }

  /** Adds or replaces one flag of a source, and sends it to clients. */
  setFlag(key: string, flag: FlagDefinition, source = defaultSource): void {
    this.#setInCode(source, (flagSet) => {
      return flagSet.withFlags(new Map([...flagSet.flags, [key, serveFlag(toJson(flag))]]));
    });
  }

  /** Takes one flag out of a source, and tells clients. A flag of the same key in another source comes to light. */
  deleteFlag(key: string, source = defaultSource): void {
    this.#setInCode(source, (flagSet) => {
      return flagSet.withFlags(new Map([...flagSet.flags].filter(([other]) => other !== key)));
    });
  }

  /** Starts and stops happen one after the other, in the order they were asked for. */
  #next(step: () => Promise<void>): Promise<void> {
    const result = this.#lastStep.then(step);
    this.#lastStep = result.catch(() => undefined);
    return result;
  }

  async #start(): Promise<void> {
    if (this.#running) return;
    const files: FlagFile[] = [];
    try {
      for (const path of this.#paths) {
        const file = new FlagFile(path, this.#logger, (flagSet) => this.#replace(path, flagSet));
        files.push(file);
        this.#replace(path, await file.open());
      }
      const endpoint = await Endpoint.open(this.#options, this.#service, this.#logger);
      this.#running = { endpoint, files };
      this.#logger.info(`Serving flags on ${this.target}`);
    } catch (error) {
      await Promise.all(files.map((file) => file.close()));
      throw error;
    }
  }

  async #stop(): Promise<void> {
    if (!this.#running) return;
    const { endpoint, files } = this.#running;
    this.#running = undefined;
    await Promise.all([endpoint.close(), ...files.map((file) => file.close())]);
  }

  #setInCode(source: string, change: (before: FlagSet) => FlagSet): void {
    if (this.#paths.has(source)) throw new Error(`The source ${source} is a file: change the file, or name another.`);
    const before = this.#store.get(source) ?? FlagSet.empty;
    const after = change(before);
    for (const { flagSet } of changesBetween(before, after)) {
      for (const { pointer, message } of problemsIn(JSON.parse(flagSet.json) as JsonValue)) {
        this.#logger.warn(`${source}: ${pointer} ${message}`);
      }
    }
    this.#replace(source, after);
  }

  #replace(source: string, after: FlagSet): void {
    const changes = changesBetween(this.#store.get(source) ?? FlagSet.empty, after);
    if (changes.length === 0) {
      this.#logger.debug(`${source}: nothing has changed`);
      return;
    }
    this.#store.set(source, after);
    this.#logger.info(`${source}: ${describeChanges(changes)}`);
    this.#service.push();
  }

  #assertRunning(): Running {
    if (!this.#running) throw new Error('The sync server does not run: await start() first.');
    return this.#running;
  }
}

/** A copy, which the caller cannot change any more. */
function toJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
