import type { JsonObject, JsonValue } from '@openfeature/server-sdk';

/** A copy of a value as JSON; null if it cannot be JSON, or is nested too deeply. */
export function copyJson(value: unknown): JsonValue {
  try {
    const text = JSON.stringify(value) as string | undefined;
    return text === undefined ? null : (JSON.parse(text) as JsonValue);
  } catch {
    return null;
  }
}

/** As {@link copyJson}, for each member by itself, so that a bad one does not cost the others. */
export function copyJsonMembers(object: object): JsonObject {
  try {
    return Object.fromEntries(Object.keys(object).map((name) => [name, copyMember(object, name)]));
  } catch {
    return {};
  }
}

function copyMember(object: object, name: string): JsonValue {
  try {
    return copyJson((object as Record<string, unknown>)[name]);
  } catch {
    return null;
  }
}
