import type { FlagMetadata, JsonObject, JsonValue } from '@openfeature/server-sdk';
import { Targeting, type Evaluators } from '../targeting/targeting';
import { breakingProblem, hasDefault, hasRule, isMetadataValue } from './check-flag';
import type { BrokenFlag, Flag } from './flag';
import { deepFreeze, isObject } from './json';

/** What a flag inherits from its set. */
export interface Surroundings {
  readonly evaluators: Evaluators;
  readonly metadata: Readonly<FlagMetadata>;
}

/**
 * The flag that a definition stands for. One that cannot be used is a {@link BrokenFlag}, not an exception.
 *
 * @param pointer where the definition is in the flag set
 */
export function parseFlag(
  key: string,
  json: JsonValue,
  { evaluators, metadata: inherited }: Surroundings,
  pointer: string,
): Flag | BrokenFlag {
  const own = parseMetadata(isObject(json) ? json.metadata : undefined);
  const metadata = own === noMetadata ? inherited : Object.freeze({ ...inherited, ...own });
  const problem = breakingProblem(json);
  if (problem) {
    const inSet = Object.freeze({ ...problem, pointer: pointer + problem.pointer });
    return Object.freeze({ key, metadata, problem: inSet });
  }
  const { state, variants, defaultVariant, targeting } = json as JsonObject;
  return Object.freeze({
    key,
    state: state as Flag['state'],
    variants: new Map(Object.entries(deepFreeze(variants as JsonObject))),
    defaultVariant: hasDefault(defaultVariant) ? (defaultVariant as string) : undefined,
    targeting: hasRule(targeting) ? new Targeting(targeting, key, evaluators) : undefined,
    metadata,
  });
}

const noMetadata: Readonly<FlagMetadata> = Object.freeze({});

/** The entries that can be used. */
export function parseMetadata(json: JsonValue | undefined): Readonly<FlagMetadata> {
  if (!isObject(json)) return noMetadata;
  const usable = Object.entries(json).filter((entry): entry is [string, string | number | boolean] =>
    isMetadataValue(entry[1]),
  );
  return usable.length === 0 ? noMetadata : Object.freeze(Object.fromEntries(usable));
}
