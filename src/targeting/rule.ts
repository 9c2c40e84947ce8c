import type { JsonObject, JsonValue } from '@openfeature/server-sdk';

/** The named rules of a flag set (`$evaluators`). */
export type Evaluators = ReadonlyMap<string, JsonValue>;

/** The "operator" that stands for a named rule. */
export const referenceOperator = '$ref';

/** The name of the operator, if an object is one: it has a single member. With none or several it is data. */
export function operatorOf(object: JsonObject): string | undefined {
  let operator: string | undefined;
  // Object.keys would allocate, and this is asked of every part of every rule
  for (const name in object) {
    if (!Object.hasOwn(object, name)) continue;
    if (operator !== undefined) return undefined;
    operator = name;
  }
  return operator;
}

export function argumentsOf(operation: JsonObject, operator: string): readonly JsonValue[] {
  return toArguments(operation[operator] as JsonValue);
}

/** `{"!": x}` is short for `{"!": [x]}`. */
export function toArguments(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}

/** Whether nothing in the rule has to be evaluated. */
export function isLiteral(rule: JsonValue | undefined): boolean {
  if (typeof rule !== 'object' || rule === null) return true;
  return Array.isArray(rule) ? rule.every(isLiteral) : operatorOf(rule) === undefined;
}

/** Whether all elements are strings, numbers, booleans or null. */
export function isListOfConstants(list: readonly JsonValue[]): boolean {
  return list.every((element) => typeof element !== 'object' || element === null);
}
