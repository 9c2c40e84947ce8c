import type { JsonValue } from '@openfeature/server-sdk';
import { FlagSetError } from '../flags/flag-set-error';
import { isObject } from '../flags/json';

/** One flag as it is served: whatever its definition is, for it is the client that judges it. */
export interface ServedFlag {
  /** The definition as JSON text: what travels, and what two versions are compared by. */
  readonly json: string;
  /** The named rules that the flag's rule refers to. */
  readonly references: readonly string[];
  /** The `flagSetId` of the flag's own metadata, which goes before that of its set. */
  readonly flagSetId: string | undefined;
}

/** Flags as of one moment, ready to be compared and sent. Immutable. */
export class FlagSet {
  static readonly empty = new FlagSet(new Map(), new Map(), new Map());

  #json: string | undefined;

  /**
   * @param evaluators named rules, as JSON text
   * @param metadata values as JSON text
   */
  constructor(
    readonly flags: ReadonlyMap<string, ServedFlag>,
    readonly evaluators: ReadonlyMap<string, string>,
    readonly metadata: ReadonlyMap<string, string>,
  ) {}

  /**
   * Makes a flag set of a document.
   *
   * @throws {FlagSetError} if the document is none: no object, or without usable `flags`
   * @throws {RangeError} if it is nested too deeply
   */
  static from(document: JsonValue): FlagSet {
    if (!isObject(document)) throw new FlagSetError('a flag set is an object with "flags"');
    return new FlagSet(flagsOf(document.flags), membersOf(document.$evaluators), membersOf(document.metadata));
  }

  /** The whole set as JSON text, written once. */
  get json(): string {
    this.#json ??= writeObject([
      ['flags', writeObject(Array.from(this.flags, ([key, { json }]) => [key, json]))],
      ...(this.evaluators.size > 0 ? [['$evaluators', writeObject(this.evaluators)] as const] : []),
      ...(this.metadata.size > 0 ? [['metadata', writeObject(this.metadata)] as const] : []),
    ]);
    return this.#json;
  }

  /** The same set with other flags. */
  withFlags(flags: ReadonlyMap<string, ServedFlag>): FlagSet {
    return new FlagSet(flags, this.evaluators, this.metadata);
  }
}

/** @throws {RangeError} if the definition is nested too deeply to be written */
export function serveFlag(definition: JsonValue): ServedFlag {
  const members = isObject(definition) ? definition : {};
  const flagSetId = isObject(members.metadata) ? members.metadata.flagSetId : undefined;
  return {
    json: JSON.stringify(definition),
    references: [...new Set(Array.from(referencesIn(members.targeting), ({ $ref }) => $ref))],
    flagSetId: typeof flagSetId === 'string' ? flagSetId : undefined,
  };
}

/** The objects `{"$ref":"name"}` in a rule, however deep they are. */
export function* referencesIn(rule: JsonValue | undefined): Generator<{ $ref: string }> {
  const open: (JsonValue | undefined)[] = [rule];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isReference(value)) yield value;
    else for (const member of Object.values(value)) open.push(member);
  }
}

function isReference(value: object): value is { $ref: string } {
  return '$ref' in value && typeof value.$ref === 'string' && Object.keys(value).length === 1;
}

function flagsOf(flags: JsonValue | undefined): Map<string, ServedFlag> {
  if (isObject(flags)) return new Map(Object.entries(flags).map(([key, json]) => [key, serveFlag(json)]));
  if (!Array.isArray(flags)) {
    throw new FlagSetError(`"flags" is ${flags === undefined ? 'missing' : 'neither an object nor an array'}`);
  }
  const served = new Map<string, ServedFlag>();
  for (const item of flags) {
    if (!isObject(item)) continue;
    const { key, ...definition } = item;
    if (typeof key === 'string') served.set(key, serveFlag(definition));
  }
  return served;
}

function membersOf(value: JsonValue | undefined): Map<string, string> {
  return new Map(isObject(value) ? Object.entries(value).map(([name, member]) => [name, JSON.stringify(member)]) : []);
}

/** Written by hand, because the values are JSON text already. */
function writeObject(members: Iterable<readonly [string, string]>): string {
  return `{${Array.from(members, ([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
}
