import type { EvaluationContext, EvaluationContextValue } from '@openfeature/server-sdk';
import { types } from 'node:util';
import type { Value } from './values';

/*
 * Reading from a context. Only own properties are attributes, and they read as they would after a journey as JSON: a
 * date is its ISO string, what JSON cannot say is not there. Nothing is copied, but for a list that holds such values.
 */

/** What is at the path, or undefined. */
export function readPath(data: unknown, path: readonly string[]): Value {
  let value = data;
  for (const name of path) {
    value = readProperty(value, name);
    if (value === undefined) return undefined;
  }
  return data instanceof Accumulation && path.length === 1 ? (value as Value) : toValue(value);
}

/** What the body of a `reduce` sees. Its members are values already, and a long accumulator is not to be gone through. */
export class Accumulation {
  [name: string]: Value;

  constructor(
    readonly current: Value,
    readonly accumulator: Value,
  ) {}
}

/** A property as a rule may have it; undefined if JSON has no word for it. */
export function toValue(property: unknown): Value {
  const value = asJson(property);
  return Array.isArray(value) ? cleanList(value) : (value as Value);
}

/** As {@link readPath}, in a context over which the server's is laid. */
export function readMerged(
  context: EvaluationContext,
  syncContext: EvaluationContext | undefined,
  path: readonly string[],
): Value {
  const fromServer = syncContext !== undefined && Object.hasOwn(syncContext, path[0] ?? '');
  return readPath(fromServer ? syncContext : context, path);
}

/** An own property as JSON, except that a list may hold what {@link cleanList} has to replace. */
function readProperty(container: unknown, name: string): unknown {
  if (container === null || container === undefined || !Object.hasOwn(container, name)) return undefined;
  const value = asJson((container as Record<string, unknown>)[name]);
  return value === undefined && Array.isArray(container) ? null : value;
}

/** A value by itself as JSON: a date is its ISO string, and undefined is what JSON has no word for. */
export function asJson(value: unknown): unknown {
  if (typeof value === 'object') return isDate(value) ? dateText(value) : value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

function isDate(value: unknown): value is Date {
  if (value === null || Array.isArray(value)) return false;
  // types.isDate knows dates of other realms too, but is too slow to ask of every object
  return Object.getPrototypeOf(value) !== Object.prototype && types.isDate(value);
}

/** By the methods of all dates, for a context may hold one that has others. */
function dateText(date: Date): string | null {
  return Number.isNaN(Date.prototype.getTime.call(date)) ? null : Date.prototype.toISOString.call(date);
}

/** Lists deeper than this in each other are most likely one that contains itself. */
const deepestList = 1_000;

/**
 * The list itself, or a copy if one of its elements, at any depth of lists, is no JSON.
 *
 * @throws {RangeError} if it is too deep
 */
function cleanList(list: readonly unknown[], level = 1): Value[] {
  if (level > deepestList) throw new RangeError(`A list is nested deeper than ${deepestList} levels.`);
  for (const element of list) {
    if (typeof element !== 'string' && cleanElement(element, level) !== element) {
      return Array.from(list, (each) => cleanElement(each, level));
    }
  }
  return list as Value[];
}

function cleanElement(element: unknown, level: number): Value {
  if (Array.isArray(element)) return cleanList(element, level + 1);
  const value = asJson(element);
  return value === undefined ? null : (value as Value);
}

/** All that a rule can see, in one object: what the server says wins, and nobody can say what `$flagd` is. */
export function mergeContexts(
  context: EvaluationContext,
  syncContext: EvaluationContext | undefined,
  flagKey: string,
  timestamp: number,
): EvaluationContext {
  // without a prototype, so that `__proto__` is a name like any other
  const merged = Object.create(null) as EvaluationContext;
  for (const source of [context, syncContext ?? {}]) {
    for (const name of Object.getOwnPropertyNames(source)) merged[name] = source[name] as EvaluationContextValue;
  }
  merged.$flagd = { flagKey, timestamp };
  return merged;
}
