import { strict, variadic } from '../operator';
import { toFloat, toNumber, type Value } from '../values';

/*
 * As JavaScript calculates: what is no number gives NaN and not an error, and dividing by zero an infinity. At the end of
 * a rule both are null.
 */

export const add = variadic(
  (values) => values.reduce((sum: number, value) => sum + toFloat(value), 0),
  (args, emit) => {
    const terms = args.map((arg) => emit.code`${emit.constant(toFloat)}(${emit.value(arg)})`);
    return emit.code`(${emit.join([emit.text('0'), ...terms], ' + ')})`;
  },
);

/** A single argument is the result as it is. */
export const multiply = variadic((values) => {
  if (values.length < 2) return values.length === 0 ? null : values[0];
  return values.map(toFloat).reduce((product, value) => toFloat(product) * value);
});

export const subtract = strict((left, right) =>
  right === undefined ? -toNumber(left) : toNumber(left) - toNumber(right),
);
export const divide = strict((left, right) => toNumber(left) / toNumber(right));
export const modulo = strict((left, right) => toNumber(left) % toNumber(right));
export const max = variadic((values) => extreme(values, Math.max, -Infinity));
export const min = variadic((values) => extreme(values, Math.min, Infinity));

function extreme(values: readonly Value[], pick: (left: number, right: number) => number, start: number): number {
  return values.reduce((best: number, value) => pick(best, toNumber(value)), start);
}
