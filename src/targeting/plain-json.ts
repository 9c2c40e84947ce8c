import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { asJson } from './attributes';

/** More than any context needs, and less than a stack or a second can take. */
const deepest = 100;
const mostValues = 100_000;

/**
 * A copy of a context that cannot be read as it is, because a getter or a proxy throws or a list contains itself: what
 * is unreadable is null. Never throws.
 */
export function readableContext(context: EvaluationContext): EvaluationContext {
  const copy = toPlainJson(context);
  return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? copy : {};
}

/**
 * A copy of a value as JSON, whatever the value is: what JSON cannot say, cannot be read, or is deeper than 100 levels or
 * beyond the first 100,000 objects is null. Never throws.
 */
export function toPlainJson(value: unknown): JsonValue {
  return new Copier().copy(value, deepest) ?? null;
}

class Copier {
  readonly #copies = new Map<object, JsonValue>();
  #budget = mostValues;

  /** Undefined if there is nothing to copy. */
  copy(original: unknown, levels: number): JsonValue | undefined {
    try {
      const value = asJson(original);
      if (value === undefined) return undefined;
      // JSON has no negative zero either
      if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
      if (typeof value !== 'object' || value === null) return value as JsonValue;
      if (levels === 0 || this.#budget-- <= 0 || ArrayBuffer.isView(value)) return null;
      const known = this.#copies.get(value);
      if (known !== undefined) return known;
      this.#copies.set(value, null); // what contains itself, contains nothing
      const copy = Array.isArray(value) ? this.#copyList(value, levels) : this.#copyObject(value, levels);
      this.#copies.set(value, copy);
      return copy;
    } catch {
      return null;
    }
  }

  #copyList(list: readonly unknown[], levels: number): JsonValue {
    const length = Math.min(list.length, mostValues);
    return Array.from({ length }, (_, index) => this.#copyMember(list, index, levels) ?? null);
  }

  #copyObject(object: object, levels: number): JsonValue {
    const names = Object.getOwnPropertyNames(object);
    const members = names.map((name) => [name, this.#copyMember(object, name, levels)] as const);
    // which defines members, so that `__proto__` is a name like any other
    return Object.fromEntries(members.filter((member): member is [string, JsonValue] => member[1] !== undefined));
  }

  #copyMember(container: object, name: string | number, levels: number): JsonValue | undefined {
    try {
      return this.copy((container as Record<string, unknown>)[name], levels - 1);
    } catch {
      return null;
    }
  }
}
