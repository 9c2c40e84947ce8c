import type { EvaluationContext, EvaluationContextValue } from '@openfeature/server-sdk';
import { eachField, wireType } from './wire';

/** What is nested deeper might not be readable on a stack that is nearly full. */
const deepestValue = 500;

/**
 * Decodes a `google.protobuf.Struct` into a plain object, in which the key `__proto__` is one like any other, and a value
 * without a kind is null.
 *
 * @throws Error if the bytes are no Struct, or it is nested too deeply.
 */
export function decodeStruct(bytes: Uint8Array): EvaluationContext {
  return decodeFields(bytes, 1);
}

/** @param level how deep the values of this Struct are nested */
function decodeFields(bytes: Uint8Array, level: number): EvaluationContext {
  const entries: [string, EvaluationContextValue][] = [];
  eachField(bytes, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) entries.push(decodeEntry(field.bytes(), level));
  });
  // fromEntries defines own properties, so that a key `__proto__` is one like any other.
  return Object.fromEntries(entries);
}

function decodeEntry(bytes: Uint8Array, level: number): [string, EvaluationContextValue] {
  let key = '';
  let value: EvaluationContextValue = null;
  eachField(bytes, (field) => {
    if (field.wireType !== wireType.delimited) return;
    if (field.number === 1) key = field.text();
    if (field.number === 2) value = decodeValue(field.bytes(), level);
  });
  return [key, value];
}

/** A Value is a choice of kinds, of which the last one counts: null (1), number, string, boolean, Struct, ListValue. */
function decodeValue(bytes: Uint8Array, level: number): EvaluationContextValue {
  if (level > deepestValue) throw new Error(`a Struct is nested deeper than ${deepestValue} levels`);
  let value: EvaluationContextValue = null;
  eachField(bytes, (field) => {
    if (field.wireType === wireType.varint) {
      if (field.number === 1) value = null;
      if (field.number === 4) value = field.bool();
    } else if (field.wireType === wireType.fixed64) {
      if (field.number === 2) value = field.double();
    } else if (field.wireType === wireType.delimited) {
      if (field.number === 3) value = field.text();
      if (field.number === 5) value = decodeFields(field.bytes(), level + 1);
      if (field.number === 6) value = decodeList(field.bytes(), level + 1);
    }
  });
  return value;
}

function decodeList(bytes: Uint8Array, level: number): EvaluationContextValue[] {
  const values: EvaluationContextValue[] = [];
  eachField(bytes, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) values.push(decodeValue(field.bytes(), level));
  });
  return values;
}
