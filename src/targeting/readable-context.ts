import type { EvaluationContext, EvaluationContextValue } from '@openfeature/server-sdk';

/** More than any context needs, and less than a stack or a second can take. */
const deepest = 100;
const mostValues = 100_000;

/**
 * A copy of a context that cannot be read as it is, because a getter or a proxy throws or a list contains itself: what
 * is unreadable is null. Never throws.
 */
export function readableContext(context: EvaluationContext): EvaluationContext {
  const copier = new Copier();
  const copy = copier.copy(context, deepest);
  return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? (copy as EvaluationContext) : {};
}

class Copier {
  readonly #copies = new Map<object, EvaluationContextValue>();
  #budget = mostValues;

  copy(value: unknown, levels: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (levels === 0 || this.#budget-- <= 0) return null;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    this.#copies.set(value, null); // what contains itself, contains nothing
    const copy = this.#copyObject(value, levels);
    this.#copies.set(value, copy);
    return copy;
  }

  #copyObject(value: object, levels: number): EvaluationContextValue {
    try {
      if (value instanceof Date) return value;
      if (Array.isArray(value)) {
        return Array.from({ length: Math.min(value.length, mostValues) }, (_, index) =>
          this.#copyMember(value, index, levels),
        );
      }
      const copy = Object.create(null) as Record<string, EvaluationContextValue>;
      for (const name of Object.getOwnPropertyNames(value)) copy[name] = this.#copyMember(value, name, levels);
      return copy;
    } catch {
      return null;
    }
  }

  #copyMember(container: object, name: string | number, levels: number): EvaluationContextValue {
    try {
      return this.copy((container as Record<string, unknown>)[name], levels - 1) as EvaluationContextValue;
    } catch {
      return null;
    }
  }
}
