import type { Code } from 'json-logic-engine';
import type { JsonValue } from '@openfeature/server-sdk';
import type { Emitter } from './emitter';
import type { DebugLog } from './debug-log';
import type { Interpreter } from './interpreter';
import type { Value } from './values';

/** An operator in its two forms, which must agree. A form never throws on account of a value. */
export interface Operator {
  /** Its value for arguments that are not evaluated yet. */
  readonly interpret: (args: readonly JsonValue[], data: Value, interpreter: Interpreter) => Value;
  /** A JavaScript expression of the same value. */
  readonly compile: (args: readonly JsonValue[], emit: Emitter) => Code;
  /** An expression that is as truthy in JavaScript as the value is in JsonLogic; missing if only a call can tell. */
  readonly compileCondition?: (args: readonly JsonValue[], emit: Emitter) => Code;
}

type Compile = Operator['compile'];
type Method = (first: Value, second: Value, third: Value) => Value;

/** An operator that is a function of its first three arguments; more are evaluated and ignored. */
export function strict(method: Method, compile: Compile = callWithEach(method)): Operator {
  return {
    interpret: (args, data, interpreter) => {
      const [first, second, third] = interpreter.evaluateAll(args, data);
      return method(first, second, third);
    },
    compile,
  };
}

/** An operator that is true, false or, in flagd's operators, null. */
export function logical(operator: Operator): Operator {
  return { ...operator, compileCondition: operator.compile };
}

/** An operator that is a function of all its arguments. */
export function variadic(
  method: (values: readonly Value[]) => Value,
  compile: Compile = (args, emit) => emit.code`${emit.constant(method)}(${emit.list(args)})`,
): Operator {
  return { interpret: (args, data, interpreter) => method(interpreter.evaluateAll(args, data)), compile };
}

/** An operator that is a function of all its arguments, and says at debug level why it gives null. */
export function explaining(
  method: (values: readonly Value[], debug: DebugLog) => Value,
  compile: Compile = (args, emit) => emit.code`${emit.constant(method)}(${emit.list(args)}, debug)`,
): Operator {
  return {
    interpret: (args, data, interpreter) => method(interpreter.evaluateAll(args, data), interpreter.debug),
    compile,
  };
}

function callWithEach(method: Method): Operator['compile'] {
  return (args, emit) => {
    const values = [0, 1, 2].slice(0, Math.max(args.length, 0)).map((index) => emit.value(args[index]));
    return emit.code`${emit.constant(method)}(${emit.join(values, ', ')})`;
  };
}
