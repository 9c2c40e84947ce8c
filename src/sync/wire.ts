import { BinaryReader } from 'google-protobuf';

/** What a field's tag says of how its value is encoded. */
export const wireType = { varint: 0, fixed64: 1, delimited: 2 } as const;

/** A field of a protobuf message, not read yet. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly reader: BinaryReader;
  /** The bytes of a field that carries its own length, without a copy: the text of a large flag set is megabytes. */
  bytes(): Uint8Array;
}

/**
 * Calls `read` for each field of a message; one that it did not read is skipped, as protobuf asks for unknown fields.
 *
 * @throws Error if the bytes are no protobuf message.
 */
export function eachField(message: Uint8Array, read: (field: Field) => void): void {
  const reader = new BinaryReader(message);
  while (reader.nextField()) {
    const start = reader.getCursor();
    read({
      number: reader.getFieldNumber(),
      wireType: reader.getWireType(),
      reader,
      bytes: () => view(message, reader),
    });
    if (reader.getCursor() === start) reader.skipField();
  }
}

function view(message: Uint8Array, reader: BinaryReader): Uint8Array {
  let start = reader.getCursor();
  reader.skipField();
  // The length comes first, as a varint: its last byte is the one without the continuation bit.
  while ((message[start] ?? 0) & 0x80) start++;
  return message.subarray(start + 1, reader.getCursor());
}
