import { asBuffer } from './utf8';

/** A memory that is larger by more than this factor is not kept. */
const mostWaste = 2;

/**
 * The same bytes in a memory of about their size. Flags keep the text they came in, while what is received in small messages
 * is a part of some larger memory, which would be kept with it.
 */
export function ownBytes(bytes: Uint8Array): Buffer {
  if (bytes.buffer.byteLength <= mostWaste * bytes.length) return asBuffer(bytes);
  // unlike Buffer.from(), not from a pool
  const copy = Buffer.alloc(bytes.length);
  copy.set(bytes);
  return copy;
}
