import { ServerProviderEvents, type JsonValue } from '@openfeature/server-sdk';
import { apply } from '../flags/apply';
import { FlagSnapshot } from '../flags/snapshot';
import type { FlagDefinition } from '../server/flag-definition';
import type { TestEvaluation } from './test-evaluation';
import { TestProvider } from './test-provider';

/**
 * A flag: the value that it has for everybody, or its definition as in a flag file. An object with `variants` is a
 * definition.
 */
export type TestFlag = boolean | string | number | Readonly<Record<string, JsonValue>> | FlagDefinition;

/** One override, until it is restored; with `using`, until the end of the block. */
export interface FlagOverride extends Disposable {
  /** Takes this override back, and no other. Idempotent. */
  restore(): void;
}

type Flags = ReadonlyMap<string, FlagDefinition>;
type Override = readonly [key: string, definition: FlagDefinition];

/**
 * Flags that a test sets. What it sets is there at once: for the next evaluation, and as PROVIDER_CONFIGURATION_CHANGED
 * with exactly the flags that changed.
 *
 * ```ts
 * const flags = new TestFlags({ 'new-checkout': false });
 * before(() => OpenFeature.setProviderAndWait(flags.provider));
 * afterEach(() => flags.restore());
 *
 * it('sells', () => {
 *   flags.override('new-checkout', true);
 *   …
 * });
 * ```
 */
export class TestFlags {
  /** To be registered with OpenFeature. */
  readonly provider: TestProvider;

  #flags: Flags;
  #overrides: readonly Override[] = [];
  #snapshot = FlagSnapshot.empty;
  #evaluations: TestEvaluation[] = [];

  /** @throws {Error} if one of them is broken; it says where */
  constructor(flags: Readonly<Record<string, TestFlag>> = {}) {
    this.provider = new TestProvider({
      snapshot: () => this.#snapshot,
      onEvaluation: (evaluation) => this.#evaluations.push(evaluation),
    });
    this.#flags = new Map(Object.entries(flags).map(([key, flag]) => [key, toDefinition(flag)]));
    this.#change(this.#flags, []);
  }

  /** Every evaluation since the start or `restore()`, the oldest first. */
  get evaluations(): readonly TestEvaluation[] {
    return this.#evaluations;
  }

  /**
   * Adds or replaces a flag, for good. An override of it still goes first.
   *
   * @throws {Error} if it is broken; then nothing has changed
   */
  set(flagKey: string, flag: TestFlag): void {
    this.#change(new Map([...this.#flags, [flagKey, toDefinition(flag)]]), this.#overrides);
  }

  /** Takes a flag away, for good. */
  remove(flagKey: string): void {
    this.#change(new Map([...this.#flags].filter(([key]) => key !== flagKey)), this.#overrides);
  }

  /**
   * Gives a flag, be it there or not, another definition until it is restored. Of two overrides, the later goes first.
   *
   * @throws {Error} if it is broken; then nothing has changed
   */
  override(flagKey: string, flag: TestFlag): FlagOverride {
    const added: Override = [flagKey, toDefinition(flag)];
    this.#change(this.#flags, [...this.#overrides, added]);
    const restore = () => {
      const others = this.#overrides.filter((override) => override !== added);
      if (others.length < this.#overrides.length) this.#change(this.#flags, others);
    };
    return { restore, [Symbol.dispose]: restore };
  }

  /** For after each test: takes all overrides back, and forgets the evaluations. */
  restore(): void {
    this.#change(this.#flags, []);
    this.#evaluations = [];
  }

  #change(flags: Flags, overrides: readonly Override[]): void {
    const flagSet = Buffer.from(JSON.stringify({ flags: Object.fromEntries([...flags, ...overrides]) }));
    const { snapshot, flagsChanged, definitions } = apply(this.#snapshot, { type: 'ALL', flagSet });
    const problems = definitions.flatMap((entry) => entry.findProblems());
    if (problems.length > 0) {
      throw new Error(problems.map(({ pointer, message }) => `In the test's flags, ${pointer} ${message}.`).join('\n'));
    }
    this.#flags = flags;
    this.#overrides = overrides;
    this.#snapshot = snapshot;
    if (flagsChanged.length > 0) {
      this.provider.events.emit(ServerProviderEvents.ConfigurationChanged, { flagsChanged: [...flagsChanged] });
    }
  }
}

/** A copy, which the caller cannot change any more. */
function toDefinition(flag: TestFlag): FlagDefinition {
  if (typeof flag === 'boolean') {
    return { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: flag ? 'on' : 'off' };
  }
  if (isDefinition(flag)) return structuredClone(flag);
  return { state: 'ENABLED', variants: { value: structuredClone(flag) }, defaultVariant: 'value' };
}

function isDefinition(flag: TestFlag): flag is FlagDefinition {
  return typeof flag === 'object' && Object.hasOwn(flag, 'variants');
}
