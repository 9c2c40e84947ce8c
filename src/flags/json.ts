import type { JsonObject, JsonValue } from '@openfeature/server-sdk';

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Appends a step to a JSON pointer (RFC 6901). */
export function pointerTo(parent: string, step: string | number): string {
  return `${parent}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Freezes a value and all that is in it. False if it is nested deeper than `levels`, and then it is half frozen. */
export function deepFreeze(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  Object.freeze(value);
  return Object.values(value).every((member) => deepFreeze(member, levels - 1));
}
