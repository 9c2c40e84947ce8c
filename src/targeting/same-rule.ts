import type { JsonValue } from '@openfeature/server-sdk';
import { referredRule } from './references';
import type { Evaluators } from './rule';

/** A rule and the evaluators that its references mean. */
export interface RuleInSet {
  readonly rule: JsonValue;
  readonly evaluators: Evaluators;
}

const none: Evaluators = new Map();

/** Whether two rules that have passed the check are the same once references are resolved. */
export function sameRule(left: RuleInSet, right: RuleInSet): boolean {
  return same(left.rule, left.evaluators, right.rule, right.evaluators);
}

function same(left: JsonValue, leftNames: Evaluators, right: JsonValue, rightNames: Evaluators): boolean {
  if (left === right && leftNames === rightNames) return true;
  const leftNamed = referredRule(left, leftNames);
  if (leftNamed !== undefined) return same(leftNamed, none, right, rightNames);
  const rightNamed = referredRule(right, rightNames);
  if (rightNamed !== undefined) return same(left, leftNames, rightNamed, none);
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return Object.is(left, right);
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    return (
      Array.isArray(left) &&
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((element, index) => same(element, leftNames, right[index] as JsonValue, rightNames))
    );
  }
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) && same(left[name] as JsonValue, leftNames, right[name] as JsonValue, rightNames),
    )
  );
}
