import {
  OpenFeatureEventEmitter,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import type { GrpcSyncOptions, ResolvedOptions } from './config/options';
import { resolveOptions } from './config/resolve-options';
import { evaluateAll, type AllDetails } from './evaluation/evaluate-all';
import { explain, type Explanation } from './evaluation/explain';
import { resolve, type FlagType } from './evaluation/resolve';
import type { SyncStatus } from './sync-status';
import { Session } from './session';

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
  #session: Session | undefined;

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
    this.#session ??= new Session(this.#options, this.events);
    return this.#session.initialized;
  }

  /** Ends the stream, its timers and sockets. No event comes after it. The provider can be initialized again. */
  onClose(): Promise<void> {
    this.#session?.close();
    this.#session = undefined;
    return Promise.resolve();
  }

  /** How the provider stands: its status, the flags it holds, where they come from and how that goes. */
  syncStatus(): SyncStatus {
    return this.#session?.report() ?? { status: 'NOT_READY', flagCount: 0, flagSetMetadata: {} };
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
    return resolve(this.#session?.snapshot, flagKey, typeOf(defaultValue), defaultValue, context, this.#debug);
  }

  /**
   * The answers of all flags for one context, by flag key, ready for `JSON.stringify`: for a page that is rendered here
   * and goes on in the browser. A flag without an answer of its own, such as a disabled one, is there with its reason and
   * the value null. Never throws; empty before the first flags.
   */
  evaluateAll(context = noContext): AllDetails {
    return evaluateAll(this.#session?.snapshot, context, this.#debug);
  }

  /**
   * Why a flag gives what it gives: the flag as it is held, the context as the rule sees it, and each operator with its
   * arguments and result. Plain data; `formatExplanation()` makes a text of it. For people, not for hot loops. Never throws.
   */
  explain(flagKey: string, context = noContext): Explanation {
    return explain(this.#session?.snapshot, flagKey, context);
  }

  resolveBooleanEvaluation(
    flagKey: string,
    defaultValue: boolean,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<boolean>> {
    return Promise.resolve(resolve(this.#session?.snapshot, flagKey, 'boolean', defaultValue, context, this.#debug));
  }

  resolveStringEvaluation(
    flagKey: string,
    defaultValue: string,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<string>> {
    return Promise.resolve(resolve(this.#session?.snapshot, flagKey, 'string', defaultValue, context, this.#debug));
  }

  resolveNumberEvaluation(
    flagKey: string,
    defaultValue: number,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<number>> {
    return Promise.resolve(resolve(this.#session?.snapshot, flagKey, 'number', defaultValue, context, this.#debug));
  }

  resolveObjectEvaluation<T extends JsonValue>(
    flagKey: string,
    defaultValue: T,
    context: EvaluationContext,
  ): Promise<ResolutionDetails<T>> {
    return Promise.resolve(resolve(this.#session?.snapshot, flagKey, 'object', defaultValue, context, this.#debug));
  }
}

function typeOf(value: JsonValue): FlagType {
  const type = typeof value;
  return type === 'boolean' || type === 'string' || type === 'number' ? type : 'object';
}
