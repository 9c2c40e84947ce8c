import type { FlagMetadata, JsonValue } from '@openfeature/server-sdk';
import type { Targeting } from '../targeting/targeting';

/** A flag ready to be evaluated. Everything reachable from it is frozen. */
export interface Flag {
  readonly key: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly variants: ReadonlyMap<string, JsonValue>;
  /** A name that is in `variants`. */
  readonly defaultVariant: string | undefined;
  readonly targeting: Targeting | undefined;
  /** The flag set's metadata overlaid by the flag's own. */
  readonly metadata: Readonly<FlagMetadata>;
  readonly problem?: undefined;
}

/** A flag whose definition cannot be used: it answers PARSE_ERROR, and the rest of its set is unharmed. */
export interface BrokenFlag {
  readonly key: string;
  readonly metadata: Readonly<FlagMetadata>;
  readonly problem: FlagProblem;
}

/** What is wrong in a flag set, and where. */
export interface FlagProblem {
  /** JSON pointer (RFC 6901) into the flag set, for example `/flags/new-checkout/variants`. */
  readonly pointer: string;
  readonly message: string;
}
