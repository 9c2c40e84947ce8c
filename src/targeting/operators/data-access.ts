import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import { readMerged, readPath } from '../attributes';
import type { Emitter } from '../emitter';
import type { Operator } from '../operator';
import { isLiteral } from '../rule';
import { lessOrEqual, toNumber, toText, type Value } from '../values';

/** An attribute by its path, else its second argument. The empty path is all that can be seen. */
export const variable: Operator = {
  interpret(args, data, interpreter) {
    const [path, fallback] = interpreter.evaluateAll(args, data);
    return read(data, path, fallback);
  },
  compile(args, emit) {
    const [path, fallback] = [emit.resolved(args[0]), emit.resolved(args[1])];
    const names = isLiteral(path) ? pathOf(path) : undefined;
    if (emit.isRoot && names !== undefined && args.length <= 2 && isLiteral(fallback)) {
      return compileRead(names, fallback, emit);
    }
    const values = [compileContext(emit), emit.value(path), emit.value(fallback)];
    return emit.code`${emit.constant(read)}(${emit.join(values, ', ')})`;
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

function read(data: Value, path: Value, fallback: Value): Value {
  const names = pathOf(path);
  return names === undefined ? data : orElse(readPath(data, names), fallback);
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
    keys.map((key) => (Array.isArray(key) ? read(data, key[0], key[1]) : read(data, key, undefined))),
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

function compileRead(path: readonly string[], fallback: JsonValue | undefined, emit: Emitter): Code {
  const [first, second, ...rest] = path;
  if (first === '$flagd') {
    if (second === 'flagKey') return emit.value(orElse(readPath(emit.program.flagKey, rest), fallback) as JsonValue);
    if (second === 'timestamp' && rest.length === 0) {
      emit.program.needsTimestamp = true;
      return emit.text('timestamp');
    }
    if (second !== undefined) return emit.value(fallback ?? null);
    return emit.code`${emit.constant(read)}(${compileContext(emit)}, "$flagd", null)`;
  }
  const slow = emit.code`${emit.constant(readAttribute)}(context, syncContext, ${emit.constant(path)}, ${emit.value(fallback)})`;
  return path.some((name) => name in Object.prototype) ? slow : compileQuickRead(path, slow, emit);
}

function readAttribute(
  context: Parameters<typeof readMerged>[0],
  syncContext: Parameters<typeof readMerged>[1],
  path: readonly string[],
  fallback: Value,
): Value {
  return orElse(readMerged(context, syncContext, path), fallback);
}

/**
 * The usual case without a call: plain objects down to a string, a number or a boolean, and none of the names given to
 * `Object.prototype` by anyone, so that what is found is the object's own. Each place in the generated code has an inline
 * cache of its own, which makes this as fast as a hand-written access.
 */
function compileQuickRead(path: readonly string[], slow: Code, emit: Emitter): Code {
  const names = path.map((name) => JSON.stringify(name));
  const [first] = names;
  const tests = [`(syncContext === undefined || syncContext[${first}] === undefined)`];
  tests.push(...names.map((name) => `Object.prototype[${name}] === undefined`));
  let container = 'context';
  for (const [index, name] of names.entries()) {
    tests.push(`Object.getPrototypeOf(${container}) === Object.prototype`);
    const value = `(prev = ${container}[${name}])`;
    const isLast = index === names.length - 1;
    tests.push(
      isLast
        ? `(typeof ${value} === 'string' || typeof prev === 'number' || typeof prev === 'boolean')`
        : `typeof ${value} === 'object' && prev !== null`,
    );
    container = 'prev';
  }
  return emit.code`(${emit.text(tests.join(' && '))} ? prev : ${slow})`;
}
