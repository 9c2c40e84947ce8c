import {
  ErrorCode,
  ProviderFatalError,
  ServerProviderEvents,
  type EvaluationContext,
  type OpenFeatureEventEmitter,
} from '@openfeature/server-sdk';
import type { ResolvedOptions } from './config/options';
import { FlagInspection } from './flag-inspection';
import { apply, type Applied } from './flags/apply';
import type { FlagProblem } from './flags/flag';
import { FlagSnapshot } from './flags/snapshot';
import type { SyncEvent } from './flags/sync-event';
import { Initialization } from './initialization';
import type { SyncStatus } from './sync-status';
import { ProviderStatus, type Status } from './provider-status';
import type { SyncError } from './sync/sync-error';
import type { SyncListener, SyncSource } from './sync/sync-listener';
import { createSyncSource } from './sync/sync-source';
import { Telemetry } from './telemetry';

const noContext: EvaluationContext = Object.freeze({});

/** What runs between one `initialize()` and the next `onClose()`: from the events of the source to the snapshot. */
export class Session implements SyncListener {
  readonly #options: ResolvedOptions;
  readonly #events: OpenFeatureEventEmitter;
  readonly #initialization: Initialization;
  readonly #status: ProviderStatus;
  readonly #source: SyncSource;
  readonly #telemetry = new Telemetry(() => this.report());
  readonly #inspection = new FlagInspection((problem) => this.#log(problem));
  #snapshot: FlagSnapshot | undefined;
  #isClosed = false;

  constructor(options: ResolvedOptions, events: OpenFeatureEventEmitter) {
    this.#options = options;
    this.#events = events;
    this.#initialization = new Initialization(options.deadlineMs);
    this.#status = new ProviderStatus({
      graceMs: options.retryGracePeriod * 1000,
      onChange: (status, reason) => this.#announce(status, reason),
    });
    this.#source = createSyncSource(options, this);
    this.#source.open();
  }

  /** Settles with the first flags, or without them when `deadlineMs` is over. */
  get initialized(): Promise<void> {
    return this.#initialization.done;
  }

  /** The flags as of now; undefined before the first ones. */
  get snapshot(): FlagSnapshot | undefined {
    return this.#snapshot;
  }

  report(): SyncStatus {
    return {
      status: this.#status.current,
      flagCount: this.#snapshot?.size ?? 0,
      flagSetMetadata: this.#snapshot?.metadata ?? {},
      source: this.#source.status(),
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#source.close();
    this.#status.close();
    this.#inspection.close();
    this.#telemetry.close();
    this.#initialization.fail(new Error('The provider was closed before the first flags arrived.'));
  }

  /**
   * The one place where the snapshot changes.
   *
   * @throws {FlagSetError} if the event cannot be used; the snapshot stays, and the source calls `onInvalidMessage`
   */
  onEvent(event: SyncEvent): void {
    if (event.type === 'PING') return;
    const start = performance.now();
    const applied = apply(this.#snapshot ?? FlagSnapshot.empty, this.#enrich(event));
    for (const problem of applied.problems) this.#log(problem);
    if (event.type === 'UNKNOWN') return;
    this.#snapshot = applied.snapshot;
    const { type, flagSet } = event;
    this.#telemetry.applied({
      type,
      bytes: flagSet.length,
      durationMs: performance.now() - start,
      flagCount: applied.snapshot.size,
      flagsChanged: applied.flagsChanged,
    });
    // a subscriber, or the logger, may have closed the provider
    if (this.#isClosed) return;
    this.#inspection.add(applied);
    this.#tellOf(applied);
  }

  /** Logs now what is wrong with single flags, rather than by and by. */
  finishInspection(): void {
    this.#inspection.finish();
  }

  /** What was good stays, and nobody can miss it. */
  onInvalidMessage(error: SyncError): void {
    const reason = `A message of the flag server was refused: ${error.message}`;
    this.#options.logger.error(reason);
    this.#telemetry.refused({ reason });
    this.#initialization.note(reason);
    this.#status.stale(reason);
  }

  onDisconnected(error: SyncError): void {
    this.#telemetry.disconnected(error.code);
    this.#initialization.note(error.message);
    this.#status.stale(error.message);
  }

  onFatal(error: SyncError): void {
    this.#status.fatal(error.message);
  }

  #tellOf({ flagsChanged }: Applied): void {
    const isFirst = this.#initialization.isPending;
    this.#status.ready();
    if (!isFirst && flagsChanged.length > 0) {
      this.#emit(ServerProviderEvents.ConfigurationChanged, { flagsChanged: [...flagsChanged] });
    }
  }

  #emit(...event: Parameters<OpenFeatureEventEmitter['emit']>): void {
    if (!this.#isClosed) this.#events.emit(...event);
  }

  /** Puts the application's own attributes beside, or instead of, the server's. */
  #enrich(event: SyncEvent): SyncEvent {
    if (event.type !== 'ALL') return event;
    const syncContext = event.syncContext ?? (this.#snapshot ? undefined : noContext);
    return syncContext ? { ...event, syncContext: this.#options.contextEnricher(syncContext) } : event;
  }

  #log({ pointer, message }: FlagProblem): void {
    this.#options.logger.warn(`In the flag set, ${pointer || 'as a whole,'} ${message}.`);
  }

  /** Tells the SDK, which by itself emits READY, or ERROR, when `initialize()` settles. */
  #announce(status: Status, reason: string): void {
    this.#telemetry.statusChanged({ status, reason });
    switch (status) {
      case 'READY':
        if (this.#initialization.isPending) this.#initialization.succeed();
        else this.#emit(ServerProviderEvents.Ready);
        break;
      case 'STALE':
        this.#emit(ServerProviderEvents.Stale, { message: reason });
        break;
      case 'ERROR':
        this.#emit(ServerProviderEvents.Error, { message: reason });
        break;
      case 'FATAL': {
        const errorCode = ErrorCode.PROVIDER_FATAL;
        if (this.#initialization.isPending) this.#initialization.fail(new ProviderFatalError(reason));
        else this.#emit(ServerProviderEvents.Error, { message: reason, errorCode });
        break;
      }
      default:
        status satisfies never;
    }
  }
}
