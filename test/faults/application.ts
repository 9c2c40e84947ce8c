import { ProviderEvents } from '@openfeature/server-sdk';
import type { EventDetails } from '@openfeature/server-sdk';
import type { GrpcSyncOptions } from '../../src/config/options';
import { GrpcSyncProvider } from '../../src/provider';
import { silent } from '../support/options';

/** A flag set whose one flag says which version of it has arrived. */
export function version(number: number, padding = ''): string {
  const flag = { state: 'ENABLED', variants: { v: number }, defaultVariant: 'v' };
  return JSON.stringify({ flags: { version: flag }, ...(padding && { metadata: { padding } }) });
}

/** An application with a provider: what it is told, and which version of the flags it sees. */
export class Application {
  readonly provider: GrpcSyncProvider;
  /** `READY`, `STALE: why`, `ERROR: why`, `CHANGED: version`, in order. */
  readonly told: string[] = [];
  readonly warnings: string[] = [];
  /** What became of `initialize()`: settled, never rejected. */
  readonly started: Promise<Error | undefined>;

  constructor(options: GrpcSyncOptions) {
    const warn = (...texts: unknown[]) => void this.warnings.push(texts.join(' '));
    const logger = { ...silent, warn, error: warn };
    const quick = { host: '127.0.0.1', deadlineMs: 5000, retryBackoffMs: 20, retryBackoffMaxMs: 100 };
    this.provider = new GrpcSyncProvider({ ...quick, logger, ...options });
    this.#listen('READY', ProviderEvents.Ready);
    this.#listen('STALE', ProviderEvents.Stale);
    this.#listen('ERROR', ProviderEvents.Error);
    this.#listen('CHANGED', ProviderEvents.ConfigurationChanged);
    this.started = this.provider.initialize().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  }

  /** The version of the flags as the application sees it; -1 if it sees none. */
  get version(): number {
    return this.provider.evaluate('version', -1).value;
  }

  /** What was told, without the details. */
  get events(): string[] {
    return this.told.map((text) => text.replace(/:.*/s, ''));
  }

  /** Resolves once the condition holds. */
  async until(condition: (application: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** Resolves once this version of the flags is seen. */
  async sees(number: number): Promise<void> {
    await this.until(({ version }) => version === number);
  }

  #listen(name: string, event: ProviderEvents): void {
    this.provider.events.addHandler(event, (details?: EventDetails & { flagsChanged?: string[] }) => {
      this.told.push([name, details?.message ?? details?.flagsChanged?.join()].filter(Boolean).join(': '));
    });
  }

  /** The first line that was logged, which says why there are no flags. */
  async complaint(): Promise<string> {
    await this.until(({ warnings }) => warnings.length > 0);
    return this.warnings[0] ?? '';
  }

  close(): Promise<void> {
    return this.provider.onClose();
  }
}

/** Ends, after each test, what the test has made, in the reverse order. */
export class Scene {
  readonly #ends: (() => unknown)[] = [];

  add<Thing extends { stop(): unknown } | { close(): unknown }>(thing: Thing): Thing {
    this.#ends.push(() => ('stop' in thing ? thing.stop() : thing.close()));
    return thing;
  }

  application(options: GrpcSyncOptions): Application {
    return this.add(new Application(options));
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
