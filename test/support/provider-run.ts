import { OpenFeature, ProviderEvents, type Client, type EventDetails } from '@openfeature/server-sdk';
import type { GrpcSyncOptions } from '../../src/config/options';
import { GrpcSyncProvider } from '../../src/provider';
import { silent } from './options';

type Event = 'READY' | 'STALE' | 'ERROR' | 'CHANGED';
type Told = EventDetails & { readonly flagsChanged?: readonly string[] };

const names = {
  READY: ProviderEvents.Ready,
  STALE: ProviderEvents.Stale,
  ERROR: ProviderEvents.Error,
  CHANGED: ProviderEvents.ConfigurationChanged,
} as const;

let domains = 0;

/** A provider registered under a domain of its own, and what the OpenFeature client is told of it. */
export class ProviderRun {
  readonly provider: GrpcSyncProvider;
  readonly domain = `test-${domains++}`;
  readonly client: Client;
  /** Every event since the client was made. */
  readonly events: { readonly event: Event; readonly details: Told | undefined }[] = [];
  #wake: () => void = () => undefined;

  constructor(options: GrpcSyncOptions) {
    const fast = { host: '127.0.0.1', deadlineMs: 5000, retryBackoffMs: 20, retryBackoffMaxMs: 100, logger: silent };
    this.provider = new GrpcSyncProvider({ ...fast, ...options });
    this.client = OpenFeature.getClient(this.domain);
  }

  /** Registers the provider, and rejects as the SDK does. */
  async start(): Promise<this> {
    const started = OpenFeature.setProviderAndWait(this.domain, this.provider);
    for (const event of Object.keys(names) as Event[]) {
      this.client.addHandler(names[event], (details) => {
        this.events.push({ event, details });
        this.#wake();
      });
    }
    await started;
    return this;
  }

  /** The first event of this kind that is not among the first `seen` events. */
  async next(event: Event, seen = 0): Promise<Told | undefined> {
    for (;;) {
      const found = this.events.slice(seen).find((each) => each.event === event);
      if (found) return found.details;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  get told(): Event[] {
    return this.events.map(({ event }) => event);
  }
}
