import { readFileSync } from 'node:fs';
import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { isObject } from '../flags/json';
import { UsageError } from './failure';

/**
 * An evaluation context from a command line: JSON, or `@FILE` (`@-` is the standard input).
 *
 * @throws {UsageError}
 */
export function parseContext(given: string): EvaluationContext {
  const [text, place] = given.startsWith('@') ? [read(given.slice(1)), given.slice(1)] : [given, '--context'];
  return asContext(parse(text, place), place);
}

/**
 * Contexts from a file: a JSON array, or one object a line.
 *
 * @throws {UsageError}
 */
export function readContexts(path: string): readonly EvaluationContext[] {
  const text = read(path);
  if (text.trimStart().startsWith('[')) {
    return (parse(text, path) as JsonValue[]).map((context, index) => asContext(context, `${path}: item ${index + 1}`));
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const place = `${path}:${index + 1}`;
    return line.trim() === '' ? [] : [asContext(parse(line, place), place)];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function parse(text: string, place: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new UsageError(`${place}: this is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

function asContext(value: JsonValue, place: string): EvaluationContext {
  if (isObject(value)) return value;
  throw new UsageError(`${place}: a context is a JSON object, for example {"targetingKey":"user-1"}`);
}
