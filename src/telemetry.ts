import { channel } from 'node:diagnostics_channel';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Attributes, Meter, ObservableGauge } from '@opentelemetry/api';
import type { SyncStatus } from './sync-status';

/** Published on the channel `openfeature-grpc-sync-provider:status`. */
export interface StatusMessage {
  readonly status: SyncStatus['status'];
  /** Why, for a person; empty for READY. */
  readonly reason: string;
}

/** Published on the channel `openfeature-grpc-sync-provider:snapshot`. */
export interface SnapshotMessage {
  /** The event that made the snapshot. */
  readonly type: 'ALL' | 'ADD' | 'UPDATE' | 'DELETE';
  /** Length of the event's flag set as JSON text. */
  readonly bytes: number;
  /** How long it took to apply, in milliseconds. */
  readonly durationMs: number;
  readonly flagCount: number;
  readonly flagsChanged: readonly string[];
}

/** Published on the channel `openfeature-grpc-sync-provider:refused`, for a message that cannot be used. */
export interface RefusedMessage {
  readonly reason: string;
}

const name = 'openfeature-grpc-sync-provider';
const statusChannel = channel(`${name}:status`);
const snapshotChannel = channel(`${name}:snapshot`);
const refusedChannel = channel(`${name}:refused`);

/** What a provider is known by in the metrics (OpenTelemetry semantic conventions, feature flags). */
const attributes: Attributes = { 'feature_flag.provider.name': 'grpc-sync' };

/** Tells `node:diagnostics_channel` and, where the application has it, OpenTelemetry what happens to a provider. */
export class Telemetry {
  readonly #metrics: Metrics | undefined;

  /** @param report asked for whenever gauges are read, until `close()` */
  constructor(report: () => SyncStatus) {
    const meter = findMeter();
    this.#metrics = meter && new Metrics(meter, report);
  }

  statusChanged(message: StatusMessage): void {
    statusChannel.publish(message);
  }

  applied(message: SnapshotMessage): void {
    snapshotChannel.publish(message);
    this.#metrics?.messages.add(1, { ...attributes, 'feature_flag.sync.message.type': message.type });
    this.#metrics?.duration.record(message.durationMs / 1000, attributes);
  }

  refused(message: RefusedMessage): void {
    refusedChannel.publish(message);
    this.#metrics?.messages.add(1, { ...attributes, 'error.type': 'refused' });
  }

  disconnected(code: string | undefined): void {
    this.#metrics?.losses.add(1, { ...attributes, ...(code !== undefined && { 'error.type': code }) });
  }

  close(): void {
    this.#metrics?.close();
  }
}

class Metrics {
  readonly messages;
  readonly duration;
  readonly losses;
  readonly close: () => void;

  constructor(meter: Meter, report: () => SyncStatus) {
    this.messages = meter.createCounter('feature_flag.sync.messages', {
      description: 'Messages of the flag server; those that were refused have an error.type.',
      unit: '{message}',
    });
    this.duration = meter.createHistogram('feature_flag.sync.message.duration', {
      description: 'How long it takes to apply a message.',
      unit: 's',
    });
    this.losses = meter.createCounter('feature_flag.sync.connection.losses', {
      description: 'Times that the connection to the flag server was lost, or could not be made.',
      unit: '{loss}',
    });
    const flags = meter.createObservableGauge('feature_flag.sync.flags', {
      description: 'Flags that the provider holds.',
      unit: '{flag}',
    });
    const ready = meter.createObservableGauge('feature_flag.sync.ready', {
      description: '1 while the flags are up to date, 0 while they are not.',
      unit: '1',
    });
    const unobserve = [
      observe(flags, () => report().flagCount),
      observe(ready, () => (report().status === 'READY' ? 1 : 0)),
    ];
    this.close = () => unobserve.forEach((end) => end());
  }
}

function observe(gauge: ObservableGauge, read: () => number): () => void {
  const callback = (result: { observe(value: number, attributes: Attributes): void }) =>
    result.observe(read(), attributes);
  gauge.addCallback(callback);
  return () => gauge.removeCallback(callback);
}

/** OpenTelemetry is the application's to install, and to register: before that, its meters record nothing. */
function findMeter(): Meter | undefined {
  // Without need, forty files would be loaded while the application waits for its flags.
  if (!Object.getOwnPropertySymbols(globalThis).some(isRegistryOfOpenTelemetry)) return undefined;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would have to be there
    const api = require('@opentelemetry/api') as typeof OpenTelemetry;
    return api.metrics.getMeter(name);
  } catch {
    return undefined;
  }
}

/** Where every copy of OpenTelemetry's API keeps what is registered with it. */
function isRegistryOfOpenTelemetry({ description }: symbol): boolean {
  return description?.startsWith('opentelemetry.js.api.') ?? false;
}
