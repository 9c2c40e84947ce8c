import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import type { Emitter } from '../emitter';
import { logical, strict, type Operator } from '../operator';
import { less, lessOrEqual, looselyEqual, type Value } from '../values';

export const equal = logical(strict(looselyEqual, compileEqual));
export const notEqual = logical(
  strict(
    (left, right) => !looselyEqual(left, right),
    (args, emit) => emit.code`!${compileEqual(args, emit)}`,
  ),
);

export const strictlyEqual = logical(
  strict(
    (left, right) => left === right,
    (args, emit) => emit.code`(${emit.value(args[0])} === ${emit.value(args[1])})`,
  ),
);
export const notStrictlyEqual = logical(
  strict(
    (left, right) => left !== right,
    (args, emit) => emit.code`(${emit.value(args[0])} !== ${emit.value(args[1])})`,
  ),
);

/** Equal strings are the usual case, and the generated code finds that out without a call. */
function compileEqual(args: readonly JsonValue[], emit: Emitter): Code {
  const [left, right] = [emit.resolved(args[0]), emit.resolved(args[1])];
  const [value, text] = typeof right === 'string' ? [left, right] : [right, left];
  const call = emit.constant(looselyEqual);
  if (typeof text !== 'string') return emit.code`${call}(${emit.value(left)}, ${emit.value(right)})`;
  const read = emit.code`prev = ${emit.value(value)}`;
  const literal = emit.value(text);
  return emit.code`((${read}) === ${literal} || (typeof prev !== 'string' && ${call}(prev, ${literal})))`;
}

type Comparison = (left: Value, right: Value, third?: Value) => boolean;

export const lessThan = ordering('<', inOrder(less));
export const atMost = ordering('<=', inOrder(lessOrEqual));
export const greaterThan = ordering('>', (left, right) => less(right, left));
export const atLeast = ordering('>=', (left, right) => lessOrEqual(right, left));

/** `{"<": [1, x, 10]}` asks whether x is between. */
function inOrder(compare: (left: Value, right: Value) => boolean): Comparison {
  return (left, right, third) => compare(left, right) && (third === undefined || compare(right, third));
}

function ordering(sign: string, compare: Comparison): Operator {
  const method = (left: Value, right: Value, third: Value) => compare(left, right, third);
  const generic = strict(method);
  return logical({
    ...generic,
    compile(args, emit) {
      const [left, right] = [emit.resolved(args[0]), emit.resolved(args[1])];
      if (args.length !== 2 || (typeof left !== 'number' && typeof right !== 'number')) {
        return generic.compile(args, emit);
      }
      // two numbers are the usual case, and the generated code compares them without a call
      const prev = emit.text('prev');
      const [value, operands] =
        typeof right === 'number' ? [left, [prev, emit.value(right)]] : [right, [emit.value(left), prev]];
      return emit.code`(typeof (prev = ${emit.value(value)}) === 'number' ? ${emit.join(operands, sign)} : ${emit.constant(
        method,
      )}(${emit.join(operands, ', ')}))`;
    },
  });
}
