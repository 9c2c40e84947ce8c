import type { FlagMetadata, JsonValue } from '@openfeature/server-sdk';
import { Targeting, type Evaluators } from '../targeting/targeting';
import type { BrokenFlag, Flag, FlagProblem } from './flag';
import { deepFreeze, isObject, pointerTo } from './json';
import { parseMetadata, type Definition } from './parse-flag-set';

/** What a flag inherits from its set. */
export interface Surroundings {
  readonly evaluators: Evaluators;
  readonly metadata: Readonly<FlagMetadata>;
}

/** A flag as its definition says, and what is wrong with it, if anything. */
export interface ParsedFlag {
  readonly flag: Flag | BrokenFlag;
  readonly problems: readonly FlagProblem[];
}

/** How deep an object that is a variant's value may be nested. */
const deepestVariant = 500;

class Broken extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/** Checks one definition. A flag that cannot be used is a {@link BrokenFlag}, not an exception. */
export function parseFlag(key: string, definition: Definition, surroundings: Surroundings): ParsedFlag {
  const problems: FlagProblem[] = [];
  const { json, pointer } = definition;
  const own = isObject(json) ? parseMetadata(json.metadata, pointerTo(pointer, 'metadata'), problems) : {};
  const common = { key, ...withMetadata(own, surroundings.metadata) };
  try {
    const flag: Flag = Object.freeze({ ...common, ...parseMembers(key, definition, surroundings.evaluators) });
    const problem = flag.targeting?.problem;
    if (problem) problems.push({ ...problem, pointer: `${pointer}/targeting${problem.pointer}` });
    return { flag, problems };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const problem = Object.freeze({ pointer: error.pointer, message: error.message });
    return { flag: Object.freeze({ ...common, problem }), problems: [...problems, problem] };
  }
}

/** The same flag in a set with other metadata. */
export function withSetMetadata(flag: Flag | BrokenFlag, metadata: Readonly<FlagMetadata>): Flag | BrokenFlag {
  return Object.freeze({ ...flag, ...withMetadata(flag.ownMetadata ?? {}, metadata) });
}

function withMetadata(own: Readonly<FlagMetadata>, inherited: Readonly<FlagMetadata>) {
  const hasOwn = Object.keys(own).length > 0;
  return hasOwn ? { metadata: Object.freeze({ ...inherited, ...own }), ownMetadata: own } : { metadata: inherited };
}

function parseMembers(
  key: string,
  { json, pointer }: Definition,
  evaluators: Evaluators,
): Pick<Flag, 'state' | 'variants' | 'defaultVariant' | 'targeting'> {
  if (!isObject(json)) throw new Broken(pointer, 'is not an object');
  const variants = parseVariants(json.variants, pointerTo(pointer, 'variants'));
  const { state, targeting } = json;
  if (state !== 'ENABLED' && state !== 'DISABLED') {
    throw new Broken(pointerTo(pointer, 'state'), `is ${print(state)}; expected "ENABLED" or "DISABLED"`);
  }
  return {
    state,
    variants,
    defaultVariant: parseDefaultVariant(json.defaultVariant, variants, pointerTo(pointer, 'defaultVariant')),
    targeting: hasRule(targeting) ? new Targeting(targeting, key, evaluators) : undefined,
  };
}

function parseVariants(json: JsonValue | undefined, pointer: string): ReadonlyMap<string, JsonValue> {
  if (!isObject(json)) throw new Broken(pointer, `is ${print(json)}; expected an object`);
  const names = Object.keys(json);
  if (names.length === 0) throw new Broken(pointer, 'is empty; expected at least one variant');
  const variants = new Map<string, JsonValue>();
  for (const name of names) {
    const value = json[name] as JsonValue;
    if (value === null || Array.isArray(value)) {
      const message = `is ${print(value)}; expected a boolean, a string, a number or an object`;
      throw new Broken(pointerTo(pointer, name), message);
    }
    if (!deepFreeze(value, deepestVariant)) {
      throw new Broken(pointerTo(pointer, name), `is nested deeper than ${deepestVariant} levels`);
    }
    variants.set(name, value);
  }
  return variants;
}

function parseDefaultVariant(
  json: JsonValue | undefined,
  variants: ReadonlyMap<string, JsonValue>,
  pointer: string,
): string | undefined {
  if (json === undefined || json === null || json === '') return undefined;
  if (typeof json !== 'string') throw new Broken(pointer, `is ${print(json)}; expected the name of a variant`);
  if (!variants.has(json)) {
    throw new Broken(pointer, `is ${print(json)}; expected one of ${[...variants.keys()].map(print).join(', ')}`);
  }
  return json;
}

function hasRule(json: JsonValue | undefined): json is JsonValue {
  return json !== undefined && json !== null && !(isObject(json) && Object.keys(json).length === 0);
}

function print(json: JsonValue | undefined): string {
  if (json === undefined) return 'missing';
  if (Array.isArray(json)) return 'an array';
  if (isObject(json)) return 'an object';
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
