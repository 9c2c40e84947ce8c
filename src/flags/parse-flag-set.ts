import type { FlagMetadata, JsonObject, JsonValue } from '@openfeature/server-sdk';
import { deepestRule } from '../targeting/check-rule';
import type { Evaluators } from '../targeting/targeting';
import { metadataProblems } from './check-flag';
import type { FlagProblem } from './flag';
import { FlagEntry } from './flag-entry';
import { FlagSetError } from './flag-set-error';
import { isDeeperThan, isObject, pointerTo } from './json';
import type { JsonText } from './json-text';
import { parseMetadata, type Surroundings } from './parse-flag';
import type { SetText } from './set-text';
import { decodeUtf8 } from './utf8';

/** A flag set taken apart. */
export interface FlagSet {
  readonly keys: ReadonlySet<string>;
  /** The flags, not yet checked, as flags of a set with these surroundings. */
  entriesIn(surroundings: Surroundings): Iterable<FlagEntry>;
  readonly evaluators: Evaluators;
  readonly metadata: Readonly<FlagMetadata>;
  /** What was passed over. */
  readonly problems: readonly FlagProblem[];
  /** The text with the flags in it; undefined if it is too unusual to be compared with the next one. */
  readonly text: SetText | undefined;
}

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
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new FlagSetError('The flag set is not valid UTF-8.');
  let json;
  try {
    json = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new FlagSetError(`The flag set is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isObject(json)) throw new FlagSetError('The flag set is not a JSON object.');
  return json;
}

function takeApart({ flags, ...others }: JsonObject): FlagSet {
  const problems: FlagProblem[] = [];
  const definitions = definitionsOf(flags!, problems);
  return {
    keys: new Set(definitions.keys()),
    entriesIn: (surroundings) =>
      [...definitions].map(([key, { json, pointer }]) => new FlagEntry(key, toText(json), surroundings, pointer)),
    ...parseOthers(others, problems),
    text: undefined,
  };
}

/** What a flag set says beside the flags. */
export function parseOthers(
  { $evaluators, metadata }: JsonObject,
  problems: readonly FlagProblem[] = [],
): Pick<FlagSet, 'evaluators' | 'metadata' | 'problems'> {
  const isUsable = isObject($evaluators);
  const isAbsent = $evaluators === undefined || $evaluators === null;
  const unusable = { pointer: '/$evaluators', message: 'is not an object; it is passed over' };
  const named = isUsable ? Object.entries($evaluators) : [];
  const isTooDeep = ([, rule]: [string, JsonValue]) => isDeeperThan(rule, deepestRule);
  const tooDeep = named.filter(isTooDeep).map(([name]) => ({
    pointer: pointerTo('/$evaluators', name),
    message: `is nested deeper than ${deepestRule} levels; it is passed over`,
  }));
  return {
    evaluators: new Map(tooDeep.length > 0 ? named.filter((each) => !isTooDeep(each)) : named),
    metadata: parseMetadata(metadata),
    problems: [
      ...problems,
      ...(isUsable || isAbsent ? [] : [unusable]),
      ...tooDeep,
      ...metadataProblems(metadata, '/metadata'),
    ],
  };
}

interface Definition {
  readonly json: JsonValue;
  /** Where it is in the flag set, as a JSON pointer, if that is not `/flags/{key}`. */
  readonly pointer?: string;
}

function definitionsOf(flags: JsonValue, problems: FlagProblem[]): Map<string, Definition> {
  if (isObject(flags)) return new Map(Object.entries(flags).map(([key, json]) => [key, { json }]));
  if (!Array.isArray(flags)) {
    throw new FlagSetError('The "flags" of the flag set are neither an object nor an array.');
  }
  const definitions = new Map<string, Definition>();
  flags.forEach((json, index) => {
    const pointer = pointerTo('/flags', index);
    const key = isObject(json) ? json.key : undefined;
    if (typeof key === 'string') definitions.set(key, { json, pointer });
    else problems.push({ pointer, message: 'has no "key" of type string; it is passed over' });
  });
  return definitions;
}

/** A text of its own for a definition. */
function toText(json: JsonValue): JsonText {
  const bytes = Buffer.from(writeJson(json, deepestWritten));
  return { bytes, start: 0, end: bytes.length };
}

/** Whatever is deeper breaks a flag, or is of no account. */
const deepestWritten = 600;

/** As `JSON.stringify`, which would make 0 of -0 and null of numbers that are too large, down to a number of levels. */
function writeJson(json: JsonValue, levels: number): string {
  if (typeof json === 'object' && json !== null && levels === 0) return 'null';
  if (Array.isArray(json)) return `[${json.map((element) => writeJson(element, levels - 1)).join(',')}]`;
  if (isObject(json)) {
    const members = Object.entries(json).map(
      ([name, value]) => `${JSON.stringify(name)}:${writeJson(value, levels - 1)}`,
    );
    return `{${members.join(',')}}`;
  }
  if (typeof json !== 'number') return JSON.stringify(json);
  if (Object.is(json, -0)) return '-0';
  return Number.isFinite(json) ? String(json) : `${json < 0 ? '-' : ''}1e999`;
}
