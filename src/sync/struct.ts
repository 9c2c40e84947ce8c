import type { EvaluationContext, EvaluationContextValue } from '@openfeature/server-sdk';
import { eachField, wireType } from './wire';

/**
 * Decodes a `google.protobuf.Struct` into a plain object. By hand, because the generated class loses the key `__proto__`
 * and throws on a value without a kind, which here reads as null.
 *
 * @throws Error if the bytes are no Struct.
 */
export function decodeStruct(bytes: Uint8Array): EvaluationContext {
  const entries: [string, EvaluationContextValue][] = [];
  eachField(bytes, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) entries.push(decodeEntry(field.bytes()));
  });
  // fromEntries defines own properties, so that a key `__proto__` is one like any other.
  return Object.fromEntries(entries);
}

function decodeEntry(bytes: Uint8Array): [string, EvaluationContextValue] {
  let key = '';
  let value: EvaluationContextValue = null;
  eachField(bytes, (field) => {
    if (field.wireType !== wireType.delimited) return;
    if (field.number === 1) key = field.reader.readString();
    if (field.number === 2) value = decodeValue(field.bytes());
  });
  return [key, value];
}

/** A Value is a choice of kinds, of which the last one counts: null (1), number, string, boolean, Struct, ListValue. */
function decodeValue(bytes: Uint8Array): EvaluationContextValue {
  let value: EvaluationContextValue = null;
  eachField(bytes, (field) => {
    if (field.wireType === wireType.varint) {
      if (field.number === 1) value = null;
      if (field.number === 4) value = field.reader.readBool();
    } else if (field.wireType === wireType.fixed64) {
      if (field.number === 2) value = field.reader.readDouble();
    } else if (field.wireType === wireType.delimited) {
      if (field.number === 3) value = field.reader.readString();
      if (field.number === 5) value = decodeStruct(field.bytes());
      if (field.number === 6) value = decodeList(field.bytes());
    }
  });
  return value;
}

function decodeList(bytes: Uint8Array): EvaluationContextValue[] {
  const values: EvaluationContextValue[] = [];
  eachField(bytes, (field) => {
    if (field.number === 1 && field.wireType === wireType.delimited) values.push(decodeValue(field.bytes()));
  });
  return values;
}
