import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { readPath } from './attributes';
import { Interpreter } from './interpreter';
import { operators } from './operators';
import { traceFractional } from './operators/buckets';
import { toPlainJson } from './plain-json';
import { referenceName } from './references';
import { referenceOperator, type Evaluators } from './rule';
import type { FractionalTrace, Step } from './step';
import type { Value } from './values';

/** Longer traces end here; nobody reads them. */
export const mostSteps = 10_000;

/** An operator that has not come to its result yet. */
interface Frame {
  readonly args: readonly JsonValue[];
  readonly values: (Value | Skipped)[];
  readonly data: Value;
  readonly steps: Step[];
  readonly notes: string[];
  /** Where the next argument is expected. */
  next: number;
}

const skipped = Symbol('skipped');
type Skipped = typeof skipped;

/** An interpreter that remembers each step. */
export class Tracer extends Interpreter {
  /** The steps of operators that are in no other: one, if the rule is an operator. */
  readonly steps: Step[] = [];
  isComplete = true;
  #frame: Frame | undefined;
  /** The innermost scope, and the operator whose it is. */
  #scope: { readonly owner: Frame | undefined; readonly element: Value } | undefined;
  #stepCount = 0;

  constructor(evaluators: Evaluators) {
    let note: (message: string) => void = () => undefined;
    super(operators, evaluators, (message) => note(message));
    note = (message) => this.#frame?.notes.push(message);
  }

  override evaluate(rule: JsonValue | undefined, data: Value): Value {
    const frame = this.#frame;
    const value = super.evaluate(rule, data);
    if (frame !== undefined && typeof rule === 'object' && rule !== null) {
      const index = frame.args[frame.next] === rule ? frame.next : frame.args.indexOf(rule);
      if (index >= 0) {
        frame.values[index] = value;
        frame.next = index + 1;
      }
    }
    return value;
  }

  override evaluateBody(body: JsonValue | undefined, element: Value): Value {
    const above = this.#scope;
    this.#scope = { owner: this.#frame, element };
    try {
      // not the method above: the body's value is no argument
      return super.evaluate(body, element);
    } finally {
      this.#scope = above;
    }
  }

  protected override follow(reference: JsonObject, data: Value): Value {
    const evaluator = referenceName(reference) ?? '';
    return this.#record(referenceOperator, [evaluator], data, { evaluator }, () => super.follow(reference, data));
  }

  protected override apply(name: string, args: readonly JsonValue[], data: Value): Value {
    return this.#record(name, args, data, {}, () => super.apply(name, args, data));
  }

  #record(
    operator: string,
    args: readonly JsonValue[],
    data: Value,
    more: { readonly evaluator?: string },
    run: () => Value,
  ): Value {
    if (++this.#stepCount > mostSteps) {
      this.isComplete = false;
      return run();
    }
    const above = this.#frame;
    const scope = this.#scope;
    const values = args.map((arg) => (typeof arg === 'object' && arg !== null ? skipped : arg));
    const frame: Frame = { args, values, data, steps: [], notes: [], next: 0 };
    this.#frame = frame;
    try {
      const result = run();
      (above?.steps ?? this.steps).push({
        operator,
        ...more,
        ...(scope !== undefined && scope.owner === above ? { scope: toPlainJson(scope.element) } : {}),
        arguments: values.map((value) => (value === skipped ? { skipped: true } : { value: toPlainJson(value) })),
        result: toPlainJson(result),
        ...notesOf(frame, result),
        ...(operator === 'fractional' ? { fractional: traceBuckets(frame) } : {}),
        steps: frame.steps,
      });
      return result;
    } finally {
      this.#frame = above;
    }
  }
}

function notesOf({ notes }: Frame, result: Value): { readonly notes?: readonly string[] } {
  const all = typeof result === 'number' && !Number.isFinite(result) ? [...notes, `gives ${result}`] : notes;
  return all.length > 0 ? { notes: all } : {};
}

function traceBuckets({ values, data }: Frame): FractionalTrace {
  const known = values.map((value) => (value === skipped ? null : value));
  const flagKey = readPath(data, ['$flagd', 'flagKey']);
  return traceFractional(known, { flagKey, targetingKey: readPath(data, ['targetingKey']) });
}
