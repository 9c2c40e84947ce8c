import type { Operator } from './operator';
import { add, divide, max, min, modulo, multiply, subtract } from './operators/arithmetic';
import { all, filter, map, merge, none, reduce, some } from './operators/arrays';
import {
  atLeast,
  atMost,
  equal,
  greaterThan,
  lessThan,
  notEqual,
  notStrictlyEqual,
  strictlyEqual,
} from './operators/comparison';
import { missing, missingSome, variable } from './operators/data-access';
import { endsWith } from './operators/ends-with';
import { fractional } from './operators/fractional';
import { and, conditional, not, or, toBoolean } from './operators/logic';
import { semVer } from './operators/sem-ver';
import { startsWith } from './operators/starts-with';
import { concatenate, contains, log, substring } from './operators/strings';

/** Every operator that a rule may use: those of jsonlogic.com and those of the flagd family. */
export const operators: Readonly<Record<string, Operator>> = table({
  var: variable,
  missing,
  missing_some: missingSome,

  if: conditional,
  '?:': conditional,
  and,
  or,
  '!': not,
  '!!': toBoolean,

  '==': equal,
  '!=': notEqual,
  '===': strictlyEqual,
  '!==': notStrictlyEqual,
  '<': lessThan,
  '<=': atMost,
  '>': greaterThan,
  '>=': atLeast,

  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': modulo,
  max,
  min,

  map,
  filter,
  reduce,
  all,
  none,
  some,
  merge,

  in: contains,
  cat: concatenate,
  substr: substring,
  log,

  fractional,
  sem_ver: semVer,
  starts_with: startsWith,
  ends_with: endsWith,
});

/** Without a prototype, so that `constructor` is no operator. */
function table(rows: Record<string, Operator>): Record<string, Operator> {
  return Object.freeze(Object.assign(Object.create(null) as Record<string, Operator>, rows));
}
