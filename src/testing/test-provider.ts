import {
  OpenFeatureEventEmitter,
  type EvaluationContext,
  type FlagValue,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { evaluateAll, type AllDetails } from '../evaluation/evaluate-all';
import { explain, type Explanation } from '../evaluation/explain';
import { resolve, type FlagType } from '../evaluation/resolve';
import type { Snapshot } from '../flags/snapshot';
import type { GrpcSyncProvider } from '../provider';
import type { SyncStatus } from '../sync-status';
import type { TestEvaluation } from './test-evaluation';

/** What a provider for tests is made of. */
export interface TestProviderParts {
  /** The flags as of now. */
  snapshot(): Snapshot;
  onEvaluation(evaluation: TestEvaluation): void;
}

const noContext: EvaluationContext = Object.freeze({});

/** Has what `GrpcSyncProvider` has, so that it can stand in wherever an application uses that. */
export class TestProvider implements Provider, Omit<GrpcSyncProvider, 'metadata'> {
  readonly metadata = Object.freeze({ name: 'test-flags' });
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();

  readonly #parts: TestProviderParts;

  /** Made by `TestFlags`. */
  constructor(parts: TestProviderParts) {
    this.#parts = parts;
  }

  initialize(): Promise<void> {
    return Promise.resolve();
  }

  onClose(): Promise<void> {
    return Promise.resolve();
  }

  syncStatus(): SyncStatus {
    const { size, metadata } = this.#parts.snapshot();
    return { status: 'READY', flagCount: size, flagSetMetadata: metadata };
  }

  evaluate(flagKey: string, defaultValue: boolean, context?: EvaluationContext): ResolutionDetails<boolean>;
  evaluate(flagKey: string, defaultValue: string, context?: EvaluationContext): ResolutionDetails<string>;
  evaluate(flagKey: string, defaultValue: number, context?: EvaluationContext): ResolutionDetails<number>;
  evaluate<T extends JsonValue>(flagKey: string, defaultValue: T, context?: EvaluationContext): ResolutionDetails<T>;
  evaluate(flagKey: string, defaultValue: JsonValue, context = noContext): ResolutionDetails<JsonValue> {
    const type = typeof defaultValue;
    const isScalar = type === 'boolean' || type === 'string' || type === 'number';
    return this.#resolve(flagKey, isScalar ? type : 'object', defaultValue, context);
  }

  /** Is not recorded: nobody asked for one flag. */
  evaluateAll(context = noContext): AllDetails {
    return evaluateAll(this.#parts.snapshot(), context, ignore);
  }

  explain(flagKey: string, context = noContext): Explanation {
    return explain(this.#parts.snapshot(), flagKey, context);
  }

  resolveBooleanEvaluation(flagKey: string, defaultValue: boolean, context: EvaluationContext) {
    return Promise.resolve(this.#resolve(flagKey, 'boolean', defaultValue, context));
  }

  resolveStringEvaluation(flagKey: string, defaultValue: string, context: EvaluationContext) {
    return Promise.resolve(this.#resolve(flagKey, 'string', defaultValue, context));
  }

  resolveNumberEvaluation(flagKey: string, defaultValue: number, context: EvaluationContext) {
    return Promise.resolve(this.#resolve(flagKey, 'number', defaultValue, context));
  }

  resolveObjectEvaluation<T extends JsonValue>(flagKey: string, defaultValue: T, context: EvaluationContext) {
    return Promise.resolve(this.#resolve(flagKey, 'object', defaultValue, context));
  }

  #resolve<T extends FlagValue>(
    flagKey: string,
    type: FlagType,
    defaultValue: T,
    context: EvaluationContext,
  ): ResolutionDetails<T> {
    const details = resolve(this.#parts.snapshot(), flagKey, type, defaultValue, context, ignore);
    this.#parts.onEvaluation({ flagKey, context: { ...context }, ...details });
    return details;
  }
}

function ignore(): void {
  // what rules say at debug level
}
