import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import { readPath } from '../attributes';
import type { Emitter } from '../emitter';
import type { Operator } from '../operator';
import { isLiteral } from '../rule';
import { lessOrEqual, toNumber, toText, type Value } from '../values';

/** An attribute by its path, else its second argument. The empty path is all that can be seen. */
export const variable: Operator = {
  interpret(args, data, interpreter) {
    const [path, fallback] = interpreter.evaluateAll(args, data);
    return readVariable(data, path, fallback);
  },
  compile(args, emit) {
    const [path, fallback] = [emit.resolved(args[0]), emit.resolved(args[1])];
    const names = isLiteral(path) ? pathOf(path) : undefined;
    if (emit.isRoot && names !== undefined && args.length <= 2 && isLiteral(fallback)) {
      return compileRead(names, fallback, emit);
    }
    if (!emit.isRoot && names !== undefined) {
      return emit.code`${emit.constant(readOr)}(context, ${emit.constant(names)}, ${emit.value(fallback)})`;
    }
    const values = [compileContext(emit), emit.value(path), emit.value(fallback)];
    return emit.code`${emit.constant(readVariable)}(${emit.join(values, ', ')})`;
  },
};

/** Those of the names that have no value; the names are its arguments, or the list that is the first. */
export const missing: Operator = {
  interpret: (args, data, interpreter) => missingOf(data, interpreter.evaluateAll(args, data)),
  compile(args, emit) {
    const keys = keysOf(args.map((arg) => emit.resolved(arg)));
    const reads = emit.isRoot ? compileReads(keys, emit) : undefined;
    return reads === undefined
      ? emit.code`${emit.constant(missingOf)}(${compileContext(emit)}, ${emit.list(args)})`
      : emit.code`${emit.constant(withoutValue)}(${emit.constant(keys)}, [${emit.join(reads, ', ')}])`;
  },
};

/** Nothing if at least so many of the names have a value, else those that have none. */
export const missingSome: Operator = {
  interpret(args, data, interpreter) {
    const [needed, keys] = interpreter.evaluateAll(args, data);
    return missingSomeOf(data, needed, keys);
  },
  compile(args, emit) {
    const values = [compileContext(emit), emit.value(args[0]), emit.value(args[1])];
    return emit.code`${emit.constant(missingSomeOf)}(${emit.join(values, ', ')})`;
  },
};

function readVariable(data: Value, path: Value, fallback: Value): Value {
  const names = pathOf(path);
  return names === undefined ? data : readOr(data, names, fallback);
}

function readOr(data: Value, path: readonly string[], fallback: Value): Value {
  return orElse(readPath(data, path), fallback);
}

/** A value that is null is a value. */
function orElse(value: Value, fallback: Value): Value {
  return value === undefined ? (fallback ?? null) : value;
}

/** The names that lead to an attribute; undefined for the empty path. */
function pathOf(path: Value): readonly string[] | undefined {
  return path === undefined || path === null || path === '' ? undefined : toText(path).split('.');
}

function keysOf(values: readonly Value[]): readonly Value[] {
  return Array.isArray(values[0]) ? values[0] : values;
}

function missingOf(data: Value, values: readonly Value[]): Value[] {
  const keys = keysOf(values);
  return withoutValue(
    keys,
    keys.map((key) => (Array.isArray(key) ? readVariable(data, key[0], key[1]) : readVariable(data, key, undefined))),
  );
}

function withoutValue(keys: readonly Value[], values: readonly Value[]): Value[] {
  return keys.filter((_, index) => values[index] === null || values[index] === '');
}

function missingSomeOf(data: Value, needed: Value, keys: Value): Value {
  const absent = missingOf(data, Array.isArray(keys) ? keys : [keys]);
  const count = toNumber(readPath(keys, ['length'])) - absent.length;
  return lessOrEqual(needed, count) ? [] : absent;
}

/** What can be seen at this place, in one object. */
function compileContext(emit: Emitter): Code {
  if (emit.isRoot) emit.program.needsWholeContext = true;
  return emit.text('context');
}

/** Reads of all the attributes; undefined if not all of their paths are known now. */
function compileReads(keys: readonly Value[], emit: Emitter): readonly Code[] | undefined {
  const paths = keys.map((key) => (typeof key === 'string' || typeof key === 'number' ? pathOf(key) : undefined));
  return paths.every((path) => path !== undefined) ? paths.map((path) => compileRead(path, null, emit)) : undefined;
}

function compileFlagKey(rest: readonly string[], fallback: JsonValue | undefined, emit: Emitter): Code {
  const flagKey = emit.text('flagKey');
  if (rest.length === 0) return flagKey;
  return emit.code`${emit.constant(readOr)}(${flagKey}, ${emit.constant(rest)}, ${emit.value(fallback)})`;
}

function compileRead(path: readonly string[], fallback: JsonValue | undefined, emit: Emitter): Code {
  const [first, second, ...rest] = path;
  if (first === '$flagd') {
    if (second === 'flagKey') return compileFlagKey(rest, fallback, emit);
    if (second === 'timestamp' && rest.length === 0) {
      emit.program.needsTimestamp = true;
      return emit.text('timestamp');
    }
    if (second !== undefined) return emit.value(fallback ?? null);
    return emit.code`${emit.constant(readVariable)}(${compileContext(emit)}, "$flagd", null)`;
  }
  const read = emit.code`${emit.reader(path)}(context, syncContext)`;
  if (fallback !== undefined && fallback !== null) {
    return emit.code`((prev = ${read}) === undefined ? ${emit.value(fallback)} : prev)`;
  }
  // an attribute is read once, however often the rule asks for it
  const value = emit.variable(path.join('.'));
  return emit.code`(${value} === undefined ? ${value} = ${read} ?? null : ${value})`;
}
