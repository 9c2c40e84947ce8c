import type { JsonValue } from '@openfeature/server-sdk';
import type { Code } from 'json-logic-engine';
import type { Emitter } from '../emitter';
import { logical, strict, type Operator } from '../operator';
import { truthy } from '../values';

/** `if` and `?:`: condition, value, condition, value, …, otherwise. */
export const conditional: Operator = {
  interpret(args, data, interpreter) {
    for (let i = 0; i + 1 < args.length; i += 2) {
      if (truthy(interpreter.evaluate(args[i], data))) return interpreter.evaluate(args[i + 1], data);
    }
    return args.length % 2 === 1 ? interpreter.evaluate(args.at(-1), data) : null;
  },
  compile(args, emit) {
    const branches: Code[] = [];
    for (let i = 0; i + 1 < args.length; i += 2) {
      branches.push(emit.code`${emit.condition(args[i])} ? ${emit.value(args[i + 1])} : `);
    }
    const otherwise = args.length % 2 === 1 ? emit.value(args.at(-1)) : emit.text('null');
    return emit.code`(${emit.join(branches, '')}${otherwise})`;
  },
};

/** `and`: the first falsy value, else the last; `or`: the first truthy one, else the last. */
function junction(stopsAt: boolean): Operator {
  return {
    interpret(args, data, interpreter) {
      let value;
      for (const arg of args) {
        value = interpreter.evaluate(arg, data);
        if (truthy(value) === stopsAt) return value;
      }
      return value;
    },
    compile(args, emit) {
      const last = emit.value(args.at(-1));
      const stops = args.slice(0, -1).map((arg) => {
        const value = emit.code`prev = ${emit.value(arg)}`;
        return emit.code`${emit.constant(truthy)}(${value}) === ${emit.text(String(stopsAt))} ? prev : `;
      });
      return emit.code`(${emit.join(stops, '')}${last})`;
    },
    compileCondition(args, emit) {
      if (args.length === 0) return emit.text('false');
      const conditions = args.map((arg) => emit.condition(arg));
      return emit.code`(${emit.join(conditions, stopsAt ? ' || ' : ' && ')})`;
    },
  };
}

export const and = junction(false);
export const or = junction(true);

export const not = logical(strict((value) => !truthy(value), compileNot));
export const toBoolean = logical(
  strict(
    (value) => truthy(value),
    (args, emit) => emit.code`!${compileNot(args, emit)}`,
  ),
);

function compileNot(args: readonly JsonValue[], emit: Emitter): Code {
  return emit.code`!${emit.condition(args[0])}`;
}
