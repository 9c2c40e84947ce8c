import type { JsonValue } from '@openfeature/server-sdk';
import { isObject, pointerTo } from '../flags/json';
import { referredRule } from '../targeting/references';
import { operatorOf, referenceOperator, toArguments, type Evaluators } from '../targeting/rule';

/** One of the results that a rule can have, and where in the rule that is written. */
export interface Outcome {
  readonly value: JsonValue;
  readonly pointer: string;
}

/** What a rule can result in, whatever the context. */
export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** Whether it can also be something that the rule does not show, such as an attribute. */
  readonly isOpen: boolean;
}

const truth = ['==', '===', '!=', '!==', '<', '<=', '>', '>=', '!', '!!', 'in', 'all', 'some', 'none'];
const truthOrNull = ['starts_with', 'ends_with', 'sem_ver'];
const anything: Outcomes = { outcomes: [], isOpen: true };

/** @param rule one that has passed the provider's check */
export function outcomesOf(rule: JsonValue, pointer: string, evaluators: Evaluators): Outcomes {
  const just = (...values: readonly JsonValue[]): Outcomes => ({
    outcomes: values.map((value) => ({ value, pointer })),
    isOpen: false,
  });
  if (!isObject(rule)) return just(rule);
  const operator = operatorOf(rule);
  if (operator === undefined) return just(rule);
  if (operator === referenceOperator) {
    const referred = outcomesOf(referredRule(rule, evaluators) ?? null, '', new Map());
    return { ...referred, outcomes: referred.outcomes.map(({ value }) => ({ value, pointer })) };
  }
  const argument = rule[operator] as JsonValue;
  const args = toArguments(argument);
  const inside = pointerTo(pointer, operator);
  const of = (index: number): Outcomes =>
    outcomesOf(args[index] ?? null, Array.isArray(argument) ? pointerTo(inside, index) : inside, evaluators);
  if (operator === 'if' || operator === '?:') return branches(args, of, just(null));
  if (operator === 'and' || operator === 'or') return chain(args.length, of, operator === 'or');
  if (operator === 'fractional') return buckets(args, inside, evaluators, just(null));
  if (operator === 'log') return of(0);
  if (truth.includes(operator)) return just(true, false);
  return truthOrNull.includes(operator) ? just(true, false, null) : anything;
}

function branches(args: readonly JsonValue[], of: (index: number) => Outcomes, nothing: Outcomes): Outcomes {
  const reached: Outcomes[] = [];
  let index = 0;
  for (; index + 1 < args.length; index += 2) {
    const condition = truthOf(args[index] ?? null);
    if (condition === false) continue;
    reached.push(of(index + 1));
    if (condition === true) return union(reached);
  }
  return union([...reached, index < args.length ? of(index) : nothing]);
}

/** `or` gives the first argument that is true, else the last; `and` the first that is not. */
function chain(length: number, of: (index: number) => Outcomes, endsWith: boolean): Outcomes {
  const reached: Outcomes[] = [];
  for (let index = 0; index < length; index++) {
    const { outcomes, isOpen } = of(index);
    if (index === length - 1) reached.push({ outcomes, isOpen });
    else reached.push({ outcomes: outcomes.filter(({ value }) => truthOf(value) !== !endsWith), isOpen });
    if (!isOpen && outcomes.every(({ value }) => truthOf(value) === endsWith)) break;
  }
  return union(reached);
}

function buckets(args: readonly JsonValue[], pointer: string, evaluators: Evaluators, nothing: Outcomes): Outcomes {
  const offset = Array.isArray(args[0]) ? 0 : 1;
  const ofBuckets = args.slice(offset).map((bucket, index): Outcomes => {
    if (!Array.isArray(bucket)) return anything;
    const place = pointerTo(pointerTo(pointer, index + offset), 0);
    return outcomesOf(bucket[0] ?? null, place, evaluators);
  });
  return union([...ofBuckets, nothing]);
}

function union(all: readonly Outcomes[]): Outcomes {
  return { outcomes: all.flatMap(({ outcomes }) => outcomes), isOpen: all.some(({ isOpen }) => isOpen) };
}

/** Undefined if only the context tells. */
function truthOf(value: JsonValue): boolean | undefined {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? undefined : Boolean(value);
}
