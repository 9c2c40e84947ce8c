import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import type { Emitter } from '../emitter';
import { strict, variadic, type Operator } from '../operator';
import { toFloat, toNumber, type Value } from '../values';

/*
 * As JavaScript calculates: what is no number gives NaN and not an error, and dividing by zero an infinity. At the end of
 * a rule both are null.
 */

export const add = variadic(
  (values) => values.reduce((sum: number, value) => sum + toFloat(value), 0),
  (args, emit) => emit.code`(${emit.join([emit.text('0'), ...args.map((arg) => asFloat(arg, emit))], ' + ')})`,
);

/** A single argument is the result as it is. */
export const multiply = variadic(
  (values) => {
    if (values.length < 2) return values.length === 0 ? null : values[0];
    return values.map(toFloat).reduce((product, value) => toFloat(product) * value);
  },
  (args, emit) => {
    const [first, ...others] = args;
    if (first === undefined || others.length === 0) return emit.value(first ?? null);
    let product = asFloat(first, emit);
    for (const [index, arg] of others.entries()) {
      const left = index === 0 ? product : emit.code`${emit.constant(toFloat)}(${product})`;
      product = emit.code`${left} * ${asFloat(arg, emit)}`;
    }
    return emit.code`(${product})`;
  },
);

export const subtract = strict(difference, (args, emit) =>
  args.length === 2 && typeof emit.resolved(args[1]) === 'number'
    ? compileBinary('-', args, emit)
    : emit.code`${emit.constant(difference)}(${emit.value(args[0])}, ${emit.value(args[1])})`,
);
export const divide = binary('/', (left, right) => left / right);
export const modulo = binary('%', (left, right) => left % right);
export const max = variadic((values) => extreme(values, Math.max, -Infinity));
export const min = variadic((values) => extreme(values, Math.min, Infinity));

/** With one argument, its negative. */
function difference(left: Value, right: Value): number {
  return right === undefined ? -toNumber(left) : toNumber(left) - toNumber(right);
}

function binary(sign: string, method: (left: number, right: number) => number): Operator {
  return strict(
    (left, right) => method(toNumber(left), toNumber(right)),
    (args, emit) => compileBinary(sign, args, emit),
  );
}

function compileBinary(sign: string, args: readonly JsonValue[], emit: Emitter): Code {
  const operands = [args[0], args[1]].map((arg) => emit.code`${emit.constant(toNumber)}(${emit.value(arg)})`);
  return emit.code`(${emit.join(operands, ` ${sign} `)})`;
}

function asFloat(arg: JsonValue, emit: Emitter): Code {
  return emit.code`${emit.constant(toFloat)}(${emit.value(arg)})`;
}

function extreme(values: readonly Value[], pick: (left: number, right: number) => number, start: number): number {
  return values.reduce((best: number, value) => pick(best, toNumber(value)), start);
}
