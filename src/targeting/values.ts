import type { PrimitiveValue } from '@openfeature/server-sdk';

/**
 * What a rule computes with: JSON, and `undefined` where JsonLogic's JavaScript program has it (an argument that is not
 * there, an empty `and`). The functions here convert as JavaScript does, except that an object never has a say in it:
 * no `toString` or `valueOf` of a context is ever called.
 */
export type Value = PrimitiveValue | undefined | Value[] | { [name: string]: Value };

export function truthy(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** As `String(value)`. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? value.map(toTextInList).join() : '[object Object]';
}

/** As in `[value].join()`: null and undefined are nothing. */
export function toTextInList(value: Value): string {
  return value === null || value === undefined ? '' : toText(value);
}

/** As `Number(value)`. */
export function toNumber(value: Value): number {
  return typeof value === 'number' ? value : Number(toPrimitive(value));
}

/** As `parseFloat(value)`. */
export function toFloat(value: Value): number {
  // parseFloat knows no negative zero
  return typeof value === 'number' ? value + 0 : parseFloat(toText(value));
}

export function toPrimitive(value: Value): string | number | boolean | null | undefined {
  return typeof value === 'object' && value !== null ? toText(value) : value;
}

/** As `left == right`. */
export function looselyEqual(left: Value, right: Value): boolean {
  const leftIsObject = typeof left === 'object' && left !== null;
  const rightIsObject = typeof right === 'object' && right !== null;
  if (leftIsObject && rightIsObject) return left === right;
  if (leftIsObject) return right !== null && right !== undefined && toText(left) == right;
  if (rightIsObject) return left !== null && left !== undefined && left == toText(right);
  return left == right;
}

/** As `left < right`. */
export function less(left: Value, right: Value): boolean {
  return (toPrimitive(left) as number) < (toPrimitive(right) as number);
}

/** As `left <= right`, which is not the opposite of `right < left` if a side is no number. */
export function lessOrEqual(left: Value, right: Value): boolean {
  return (toPrimitive(left) as number) <= (toPrimitive(right) as number);
}
