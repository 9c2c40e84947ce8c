import { Accumulation } from '../attributes';
import { logical, variadic, type Operator } from '../operator';
import { truthy, type Value } from '../values';
import type { DebugLog } from '../debug-log';

/** A rule that is run for an element, in either form. `debug` is for the compiled one. */
type Body = (element: Value, syncContext?: undefined, debug?: DebugLog) => Value;

type Loop = (list: readonly Value[], body: Body, debug?: DebugLog) => Value;

/** An operator that runs its second argument for each element of its first, and sees nothing else meanwhile. */
function iteration(loop: Loop, otherwise: () => Value): Operator {
  const run = (list: Value, body: Body, debug?: DebugLog) =>
    Array.isArray(list) ? loop(list, body, debug) : otherwise();
  return {
    interpret: ([list, body], data, interpreter) =>
      run(interpreter.evaluate(list, data), (element) => interpreter.evaluateBody(body, element)),
    compile: ([list, body], emit) => emit.code`${emit.constant(run)}(${emit.value(list)}, ${emit.body(body)}, debug)`,
  };
}

export const map = iteration(
  (list, body, debug) => list.map((element) => body(element, undefined, debug)),
  () => [],
);

export const filter = iteration(
  (list, body, debug) => list.filter((element) => truthy(body(element, undefined, debug))),
  () => [],
);

export const some = logical(
  iteration(
    (list, body, debug) => list.some((element) => truthy(body(element, undefined, debug))),
    () => false,
  ),
);

export const none = logical(
  iteration(
    (list, body, debug) => !list.some((element) => truthy(body(element, undefined, debug))),
    () => true,
  ),
);

/** Nothing is all of nothing: an empty list gives false. */
export const all = logical(
  iteration(
    (list, body, debug) => list.length > 0 && list.every((element) => truthy(body(element, undefined, debug))),
    () => false,
  ),
);

/** Its body sees `current` and `accumulator`. */
export const reduce: Operator = {
  interpret([list, body, initial], data, interpreter) {
    const start = interpretInitial();
    return fold(interpreter.evaluate(list, data), (element) => interpreter.evaluateBody(body, element), start);

    function interpretInitial(): Value {
      return initial === undefined ? null : interpreter.evaluate(initial, data);
    }
  },
  compile: ([list, body, initial], emit) =>
    emit.code`${emit.constant(fold)}(${emit.value(list)}, ${emit.body(body)}, ${emit.value(initial ?? null)}, debug)`,
};

function fold(list: Value, body: Body, initial: Value, debug?: DebugLog): Value {
  if (!Array.isArray(list)) return initial;
  return list.reduce(
    (accumulator: Value, current: Value) => body(new Accumulation(current, accumulator), undefined, debug),
    initial,
  );
}

/** One list of all: lists are joined, anything else is an element. */
export const merge = variadic((values) => values.flat());
