import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import type { Emitter } from '../emitter';
import { explaining, logical, strict, variadic } from '../operator';
import { isLiteral } from '../rule';
import { toNumber, toText, toTextInList, type Value } from '../values';

/** A missing attribute adds nothing. */
export const concatenate = variadic(
  (values) => values.map(toTextInList).join(''),
  (args, emit) => {
    const parts = args.map((arg) => emit.code`${emit.constant(toTextInList)}(${emit.value(arg)})`);
    return emit.code`(${emit.join([emit.text('""'), ...parts], ' + ')})`;
  },
);

/** Text, start, length. A negative start counts from the end, a negative length leaves that many out at the end. */
export const substring = strict((source, start, length) => {
  const text = toText(source);
  if (!(toNumber(length) < 0)) return part(text, start, length);
  const rest = part(text, start, undefined);
  // a negative number in a string is no length: the oracle puts it behind another number, and that is none
  return typeof length === 'number' ? part(rest, 0, rest.length + length) : '';
});

/** As `text.substr(start, length)`. */
function part(text: string, start: Value, length: Value): string {
  const offset = integer(start);
  const from = offset < 0 ? Math.max(text.length + offset, 0) : offset;
  return text.slice(from, length === undefined ? text.length : from + Math.max(integer(length), 0));
}

function integer(value: Value): number {
  return Math.trunc(toNumber(value)) || 0;
}

/** Whether the first is in the second, a list or a text. */
export const contains = logical(strict(isIn, compileIsIn));

function isIn(value: Value, container: Value): boolean {
  if (typeof container === 'string') return container !== '' && container.includes(toText(value));
  return Array.isArray(container) && container.includes(value) && !Number.isNaN(value);
}

/** From this length on a set is faster to ask than a list. */
const setLength = 8;

/** A list or a text that is known now is prepared once. */
function compileIsIn(args: readonly JsonValue[], emit: Emitter): Code {
  const value = emit.value(args[0]);
  const container = emit.resolved(args[1]);
  if (typeof container === 'string' && container !== '') {
    return emit.code`${emit.value(container)}.includes(${emit.constant(toText)}(${value}))`;
  }
  if (Array.isArray(container) && container.every(isLiteral)) {
    // no value is one of the rule's own lists or objects
    const members = container.filter((member) => typeof member !== 'object' || member === null);
    return members.length < setLength
      ? emit.code`${emit.constant(members)}.includes(${value})`
      : emit.code`${emit.constant(new Set(members))}.has(${value})`;
  }
  return emit.code`${emit.constant(isIn)}(${value}, ${emit.value(container)})`;
}

/** Writes its argument at debug level, and is its argument. */
export const log = explaining(([value], debug) => {
  debug(`log: ${print(value)}`);
  return value;
});

function print(value: Value): string {
  try {
    return typeof value === 'string' ? value : JSON.stringify(value ?? null);
  } catch {
    return 'a value that cannot be printed';
  }
}
