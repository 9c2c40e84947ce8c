import {
  ErrorCode,
  OpenFeatureEventEmitter,
  ProviderFatalError,
  ServerProviderEvents,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import type { GrpcSyncOptions, ResolvedOptions } from './config/options';
import { resolveOptions } from './config/resolve-options';
import { resolve, type FlagType } from './evaluation/resolve';
import { apply } from './flags/apply';
import type { FlagProblem } from './flags/flag';
import { FlagSnapshot } from './flags/snapshot';
import type { SyncEvent } from './flags/sync-event';
import { Initialization } from './initialization';
import { ProviderStatus, type Status } from './provider-status';
import { createSyncSource } from './sync/sync-source';
import type { SyncListener, SyncSource } from './sync/sync-listener';

/** What one `initialize()` has set up and `onClose()` takes down. */
interface Running {
  readonly initialization: Initialization;
  readonly status: ProviderStatus;
  readonly source: SyncSource;
}

const noContext: EvaluationContext = Object.freeze({});

/**
 * An OpenFeature provider that evaluates flags in this process. A flag management system pushes the flags over one
 * gRPC stream, or they come from a file; evaluations never wait for either.
 *
 * ```ts
 * await OpenFeature.setProviderAndWait(new GrpcSyncProvider({ host: 'flags.internal', tls: true }));
 * ```
 */
export class GrpcSyncProvider implements Provider {
  readonly metadata = Object.freeze({ name: 'grpc-sync' });
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();

  readonly #options: ResolvedOptions;
  readonly #debug: (message: string) => void;
  #snapshot: FlagSnapshot | undefined;
  #running: Running | undefined;

  /**
   * @param options each beats its `FLAGD_*` environment variable
   * @throws {ConfigurationError} if a value cannot be used; it lists every such value
   */
  constructor(options?: GrpcSyncOptions) {
    this.#options = resolveOptions(options);
    this.#debug = (message) => this.#options.logger.debug(message);
  }

  /**
   * Connects and waits for the first flags, at most `deadlineMs`.
   *
   * @throws {Error} if none came in time; attempts go on, and the first flags emit PROVIDER_READY
   * @throws {ProviderFatalError} if the server refused with one of `fatalStatusCodes`; there is no other attempt
   */
  initialize(): Promise<void> {
    this.#running ??= this.#open();
    return this.#running.initialization.done;
  }

  /** Ends the stream, its timers and sockets. No event comes after it. The provider can be initialized again. */
  onClose(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#snapshot = undefined;
    running?.source.close();
    running?.status.close();
    running?.initialization.fail(new Error('The provider was closed before the first flags arrived.'));
    return Promise.resolve();
  }

  /**
   * The answer that the OpenFeature client gives, without its promises and hooks; for hot loops. Never throws.
   *
   * @param defaultValue the answer if the flag gives none; its type is the type asked for
   * @returns with a value that is frozen if it is an object
   */
  evaluate(flagKey: string, defaultValue: boolean, context?: EvaluationContext): ResolutionDetails<boolean>;
  evaluate(flagKey: string, defaultValue: string, context?: EvaluationContext): ResolutionDetails<string>;
  evaluate(flagKey: string, defaultValue: number, context?: EvaluationContext): ResolutionDetails<number>;
  evaluate<T extends JsonValue>(flagKey: string, defaultValue: T, context?: EvaluationContext): ResolutionDetails<T>;
  evaluate(flagKey: string, defaultValue: JsonValue, context = noContext): ResolutionDetails<JsonValue> {
    return resolve(this.#snapshot, flagKey, typeOf(defaultValue), defaultValue, context, this.#debug);
  }

  resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(resolve(this.#snapshot, flagKey, 'boolean', defaultValue, context, this.#debug));
  }

  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(resolve(this.#snapshot, flagKey, 'string', defaultValue, context, this.#debug));
  }

  resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return Promise.resolve(resolve(this.#snapshot, flagKey, 'number', defaultValue, context, this.#debug));
  }

  resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(resolve(this.#snapshot, flagKey, 'object', defaultValue, context, this.#debug));
  }

  #open(): Running {
    const initialization = new Initialization(this.#options.deadlineMs);
    const status = new ProviderStatus({
      graceMs: this.#options.retryGracePeriod * 1000,
      onChange: (to, reason) => this.#announce(initialization, to, reason),
    });
    const source = createSyncSource(this.#options, this.#listener(initialization, status));
    source.open();
    return { initialization, status, source };
  }

  #listener(initialization: Initialization, status: ProviderStatus): SyncListener {
    return {
      onEvent: (event) => this.#apply(event, initialization, status),
      onInvalidMessage: (error) => this.#refuse(error, initialization, status),
      onDisconnected: (error) => {
        initialization.note(error.message);
        status.stale(error.message);
      },
      onFatal: (error) => status.fatal(error.message),
    };
  }

  /**
   * The one place where the snapshot changes.
   *
   * @throws {FlagSetError} if the event cannot be used; the snapshot stays, and the source calls `onInvalidMessage`
   */
  #apply(event: SyncEvent, initialization: Initialization, status: ProviderStatus): void {
    if (event.type === 'PING') return;
    const applied = apply(this.#snapshot ?? FlagSnapshot.empty, this.#enrich(event));
    this.#report(applied.problems);
    if (event.type === 'UNKNOWN') return;
    this.#snapshot = applied.snapshot;
    const flagsChanged = initialization.isPending ? [] : [...applied.flagsChanged];
    status.ready();
    if (flagsChanged.length > 0) this.events.emit(ServerProviderEvents.ConfigurationChanged, { flagsChanged });
  }

  /** Puts the application's own attributes beside, or instead of, the server's. */
  #enrich(event: SyncEvent): SyncEvent {
    if (event.type !== 'ALL') return event;
    const syncContext = event.syncContext ?? (this.#snapshot ? undefined : noContext);
    return syncContext ? { ...event, syncContext: this.#options.contextEnricher(syncContext) } : event;
  }

  /** A message that cannot be used: what was good stays, and nobody can miss it. */
  #refuse(error: Error, initialization: Initialization, status: ProviderStatus): void {
    const reason = `A message of the flag server was refused: ${error.message}`;
    this.#options.logger.error(reason);
    initialization.note(reason);
    status.stale(reason);
  }

  #report(problems: readonly FlagProblem[]): void {
    for (const { pointer, message } of problems) {
      this.#options.logger.warn(`In the flag set, ${pointer || 'as a whole,'} ${message}.`);
    }
  }

  /** Tells the SDK, which by itself emits READY, or ERROR, when `initialize()` settles. */
  #announce(initialization: Initialization, status: Status, reason: string): void {
    switch (status) {
      case 'READY':
        if (initialization.isPending) initialization.succeed();
        else this.events.emit(ServerProviderEvents.Ready);
        break;
      case 'STALE':
        this.events.emit(ServerProviderEvents.Stale, { message: reason });
        break;
      case 'ERROR':
        this.events.emit(ServerProviderEvents.Error, { message: reason });
        break;
      case 'FATAL': {
        const errorCode = ErrorCode.PROVIDER_FATAL;
        if (initialization.isPending) initialization.fail(new ProviderFatalError(reason));
        else this.events.emit(ServerProviderEvents.Error, { message: reason, errorCode });
        break;
      }
      default:
        status satisfies never;
    }
  }
}

function typeOf(value: JsonValue): FlagType {
  const type = typeof value;
  return type === 'boolean' || type === 'string' || type === 'number' ? type : 'object';
}
