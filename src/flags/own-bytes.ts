import { asBuffer } from './utf8';

/** A memory that is larger than what is needed of it by more than this factor is not kept. */
const mostWaste = 2;

/** Whether so many bytes are about all of the memory that they are in. */
export function isOfItsOwn({ buffer }: Uint8Array, length: number): boolean {
  return buffer.byteLength <= mostWaste * length;
}

/**
 * The same bytes in a memory of about their size. Flags keep the text they came in, while what is received in small messages
 * is a part of some larger memory, which would be kept with it.
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  if (isOfItsOwn(bytes, bytes.length)) return asBuffer(bytes);
  // unlike Buffer.from(), not from a pool
  const copy = Buffer.alloc(bytes.length);
  copy.set(bytes);
  return copy;
}
