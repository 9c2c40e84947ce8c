import type { FlagMetadata, JsonObject, JsonValue } from '@openfeature/server-sdk';
import type { Evaluators } from '../targeting/targeting';
import type { FlagProblem } from './flag';
import { FlagSetError } from './flag-set-error';
import { isObject, pointerTo } from './json';

/** A flag set taken apart: the definitions by key, not yet checked each. */
export interface FlagSet {
  readonly definitions: ReadonlyMap<string, Definition>;
  readonly evaluators: Evaluators;
  readonly metadata: Readonly<FlagMetadata>;
  /** What was passed over. */
  readonly problems: readonly FlagProblem[];
}

/** What the flag set says of one flag. */
export interface Definition {
  readonly pointer: string;
  readonly json: JsonValue;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Takes a flag set apart.
 *
 * @param bytes JSON text in UTF-8
 * @throws {FlagSetError} if it is no JSON, or has no usable `flags`
 */
export function parseFlagSet(bytes: Uint8Array): FlagSet {
  const set = parseObject(bytes);
  if (set.flags === undefined) throw new FlagSetError('The flag set has no "flags".');
  return takeApart(set);
}

/**
 * The same for a flag set whose flags are to be deleted: it may be empty, which stands for every flag.
 *
 * @throws {FlagSetError} if it is no JSON, or its `flags` are not usable
 */
export function parseDeletion(bytes: Uint8Array): FlagSet {
  const set = bytes.length === 0 ? {} : parseObject(bytes);
  return takeApart({ ...set, flags: set.flags ?? {} });
}

function parseObject(bytes: Uint8Array): JsonObject {
  let text;
  try {
    text = utf8.decode(bytes);
  } catch (error) {
    throw new FlagSetError('The flag set is not valid UTF-8.', { cause: error });
  }
  let json;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new FlagSetError(`The flag set is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isObject(json)) throw new FlagSetError('The flag set is not a JSON object.');
  return json;
}

function takeApart(set: JsonObject): FlagSet {
  const problems: FlagProblem[] = [];
  return {
    definitions: definitionsOf(set.flags as JsonValue, problems),
    evaluators: new Map(Object.entries(objectOrNothing(set, '$evaluators', problems))),
    metadata: parseMetadata(set.metadata, '/metadata', problems),
    problems,
  };
}

function definitionsOf(flags: JsonValue, problems: FlagProblem[]): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  if (isObject(flags)) {
    for (const key of Object.keys(flags)) {
      definitions.set(key, { pointer: pointerTo('/flags', key), json: flags[key] as JsonValue });
    }
  } else if (Array.isArray(flags)) {
    flags.forEach((json, index) => {
      const pointer = pointerTo('/flags', index);
      const key = isObject(json) ? json.key : undefined;
      if (typeof key === 'string') definitions.set(key, { pointer, json });
      else problems.push({ pointer, message: 'has no "key" of type string; it is passed over' });
    });
  } else {
    throw new FlagSetError('The "flags" of the flag set are neither an object nor an array.');
  }
  return definitions;
}

function objectOrNothing(set: JsonObject, name: string, problems: FlagProblem[]): JsonObject {
  const value = set[name] ?? {};
  if (isObject(value)) return value;
  problems.push({ pointer: pointerTo('', name), message: 'is not an object; it is passed over' });
  return {};
}

const noMetadata: Readonly<FlagMetadata> = Object.freeze({});

/** The entries that are strings, numbers or booleans, which is what metadata may be. */
export function parseMetadata(
  json: JsonValue | undefined,
  pointer: string,
  problems: FlagProblem[],
): Readonly<FlagMetadata> {
  if (json === undefined || json === null) return noMetadata;
  if (!isObject(json)) {
    problems.push({ pointer, message: 'is not an object; it is passed over' });
    return noMetadata;
  }
  const usable = Object.entries(json).filter((entry): entry is [string, string | number | boolean] => {
    if (['string', 'number', 'boolean'].includes(typeof entry[1])) return true;
    problems.push({
      pointer: pointerTo(pointer, entry[0]),
      message: 'is neither a string nor a number nor a boolean; it is passed over',
    });
    return false;
  });
  return usable.length === 0 ? noMetadata : Object.freeze(Object.fromEntries(usable));
}
