import type { FlagMetadata, JsonValue } from '@openfeature/server-sdk';

/** A flag, as one writes it in a flag file. */
export interface FlagDefinition {
  readonly state: 'ENABLED' | 'DISABLED';
  /** Values by name; booleans, strings, numbers or objects. */
  readonly variants: Readonly<Record<string, JsonValue>>;
  /** A name that is in `variants`. Default: the caller's default value. */
  readonly defaultVariant?: string | null;
  /** A JsonLogic rule that gives the name of a variant. Default: none. */
  readonly targeting?: JsonValue;
  readonly metadata?: Readonly<FlagMetadata>;
}

/** A flag set, as one writes it in a flag file. */
export interface FlagSetDefinition {
  readonly flags: Readonly<Record<string, FlagDefinition>>;
  /** Named rules, which `{"$ref":"name"}` in a rule stands for. */
  readonly $evaluators?: Readonly<Record<string, JsonValue>>;
  readonly metadata?: Readonly<FlagMetadata>;
}
