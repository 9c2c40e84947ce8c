import type { JsonValue } from '@openfeature/server-sdk';
import { Targeting, type Evaluators } from '../targeting/targeting';
import type { FlagProblem } from './flag';
import { isDeeperThan, isObject, pointerTo } from './json';

/** How deep an object that is a variant's value may be nested. */
const deepestVariant = 500;

const nothing: readonly FlagProblem[] = Object.freeze([]);

/**
 * Everything that is wrong with a flag's definition: what breaks it, its targeting's fault, metadata that is passed over.
 * Pointers are relative to the definition.
 */
export function problemsOf(key: string, json: JsonValue, evaluators: Evaluators): readonly FlagProblem[] {
  const breaking = breakingProblem(json);
  if (breaking) return [breaking];
  const { metadata, targeting } = json as { metadata?: JsonValue; targeting?: JsonValue };
  const problem = hasRule(targeting) ? new Targeting(targeting, key, evaluators).problem : undefined;
  if (!problem && metadata === undefined) return nothing;
  const problems = metadataProblems(metadata, '/metadata');
  return problem ? [{ ...problem, pointer: `/targeting${problem.pointer}` }, ...problems] : problems;
}

/** What makes a definition unusable; undefined if nothing does. */
export function breakingProblem(json: JsonValue): FlagProblem | undefined {
  if (!isObject(json)) return { pointer: '', message: 'is not an object' };
  const { variants, state, defaultVariant } = json;
  return variantsProblem(variants) ?? stateProblem(state) ?? defaultVariantProblem(defaultVariant, variants);
}

/** Absent, null and {} all mean "no targeting". */
export function hasRule(json: JsonValue | undefined): json is JsonValue {
  return json !== undefined && json !== null && !(isObject(json) && Object.keys(json).length === 0);
}

/** Absent, null and "" all mean "no default variant". */
export function hasDefault(json: JsonValue | undefined): json is JsonValue {
  return json !== undefined && json !== null && json !== '';
}

/** Metadata values are strings, numbers and booleans; others are passed over. */
export function isMetadataValue(json: JsonValue): json is string | number | boolean {
  return typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean';
}

export function metadataProblems(json: JsonValue | undefined, pointer: string): readonly FlagProblem[] {
  if (json === undefined || json === null) return nothing;
  if (!isObject(json)) return [{ pointer, message: 'is not an object; it is passed over' }];
  const names = Object.keys(json).filter((name) => !isMetadataValue(json[name] as JsonValue));
  const message = 'is neither a string nor a number nor a boolean; it is passed over';
  return names.length === 0 ? nothing : names.map((name) => ({ pointer: pointerTo(pointer, name), message }));
}

function stateProblem(state: JsonValue | undefined): FlagProblem | undefined {
  if (state === 'ENABLED' || state === 'DISABLED') return undefined;
  return { pointer: '/state', message: `is ${print(state)}; expected "ENABLED" or "DISABLED"` };
}

function variantsProblem(variants: JsonValue | undefined): FlagProblem | undefined {
  const pointer = '/variants';
  if (!isObject(variants)) return { pointer, message: `is ${print(variants)}; expected an object` };
  const names = Object.keys(variants);
  if (names.length === 0) return { pointer, message: 'is empty; expected at least one variant' };
  for (const name of names) {
    const value = variants[name] as JsonValue;
    if (value === null || Array.isArray(value)) {
      const message = `is ${print(value)}; expected a boolean, a string, a number or an object`;
      return { pointer: pointerTo(pointer, name), message };
    }
    if (isDeeperThan(value, deepestVariant)) {
      return { pointer: pointerTo(pointer, name), message: `is nested deeper than ${deepestVariant} levels` };
    }
  }
  return undefined;
}

function defaultVariantProblem(name: JsonValue | undefined, variants: JsonValue | undefined): FlagProblem | undefined {
  if (!hasDefault(name)) return undefined;
  const pointer = '/defaultVariant';
  if (typeof name !== 'string') return { pointer, message: `is ${print(name)}; expected the name of a variant` };
  if (isObject(variants) && Object.hasOwn(variants, name)) return undefined;
  const known = Object.keys(variants as object).map(print);
  return { pointer, message: `is ${print(name)}; expected one of ${known.join(', ')}` };
}

function print(json: JsonValue | undefined): string {
  if (json === undefined) return 'missing';
  if (Array.isArray(json)) return 'an array';
  if (isObject(json)) return 'an object';
  const text = JSON.stringify(json);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
