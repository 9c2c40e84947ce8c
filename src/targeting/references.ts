import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { argumentsOf, operatorOf, referenceOperator, type Evaluators } from './rule';

/** The name in `{"$ref": "name"}`. */
export function referenceName(object: JsonObject): string | undefined {
  if (operatorOf(object) !== referenceOperator) return undefined;
  const [name] = argumentsOf(object, referenceOperator);
  return typeof name === 'string' ? name : undefined;
}

/** The rule that a reference stands for; undefined for anything that is no reference, or one to nothing. */
export function referredRule(rule: JsonValue, evaluators: Evaluators): JsonValue | undefined {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return undefined;
  const name = referenceName(rule);
  return name === undefined ? undefined : evaluators.get(name);
}

/** Data with the references in it resolved: the value itself if it has none. */
export function resolveInData(data: JsonValue, evaluators: Evaluators): JsonValue {
  if (evaluators.size === 0 || typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) {
    const resolved = data.map((element) => resolveInData(element, evaluators));
    return resolved.some((element, index) => element !== data[index]) ? resolved : data;
  }
  const referred = referredRule(data, evaluators);
  if (referred !== undefined) return referred;
  const members = Object.entries(data).map(([name, member]) => [name, resolveInData(member, evaluators)] as const);
  return members.some(([name, member]) => member !== data[name]) ? Object.fromEntries(members) : data;
}
