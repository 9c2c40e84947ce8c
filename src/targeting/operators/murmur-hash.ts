/** How far a hash has come: what is needed to go on from there. */
export interface HashState {
  readonly hash: number;
  /** The bytes that do not fill a block of four yet. */
  readonly block: number;
  readonly byteCount: number;
}

const start: HashState = { hash: 0, block: 0, byteCount: 0 };

/**
 * MurmurHash3 x86 32-bit with seed 0 of the text's UTF-8 bytes, as an unsigned number. Half of a surrogate pair counts as
 * U+FFFD, as in every encoder.
 *
 * @param after the state after another text, as if the two were one
 */
export function murmurHash(text: string, after: HashState = start): number {
  update(text, after);
  const mixed = hash ^ scramble(block) ^ byteCount;
  const half = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  const whole = Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
  return (whole ^ (whole >>> 16)) >>> 0;
}

/** The state after a text that other texts follow; undefined if it ends within a character. */
export function hashState(text: string): HashState | undefined {
  if (/[\ud800-\udbff]$/.test(text)) return undefined;
  update(text, start);
  return { hash, block, byteCount };
}

// the state of the one hash that is being made, so that none has to be allocated
let hash = 0;
let block = 0;
let byteCount = 0;

function update(text: string, after: HashState): void {
  const { length } = text;
  const shift = (after.byteCount % 4) * 8;
  let h = after.hash;
  let left = after.block;
  let i = 0;
  // four ASCII characters are four bytes
  for (; i + 4 <= length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) > 0x7f) break;
    const bytes = a | (b << 8) | (c << 16) | (d << 24);
    h = mix(h, left | (bytes << shift));
    left = shift === 0 ? 0 : bytes >>> (32 - shift);
  }
  hash = h;
  block = left;
  byteCount = after.byteCount + i;
  while (i < length) {
    const point = text.codePointAt(i) ?? 0;
    i += point > 0xffff ? 2 : 1;
    addBytes(utf8(point));
  }
}

/** @param bytes one to four, the first in the lowest place */
function addBytes(bytes: number): void {
  for (let rest = bytes, isLast = false; !isLast; rest >>>= 8) {
    isLast = rest <= 0xff;
    block |= (rest & 0xff) << ((byteCount % 4) * 8);
    byteCount++;
    if (byteCount % 4 === 0) {
      hash = mix(hash, block);
      block = 0;
    }
  }
}

/** The bytes of a character, the first in the lowest place. None but the first can be zero. */
function utf8(point: number): number {
  if (point < 0x80) return point;
  if (point < 0x800) return 0xc0 | (point >> 6) | (continuation(point) << 8);
  if (point >= 0xd800 && point <= 0xdfff) return utf8(0xfffd);
  if (point < 0x10000) return 0xe0 | (point >> 12) | (continuation(point >> 6) << 8) | (continuation(point) << 16);
  const first = 0xf0 | (point >> 18);
  const others = (continuation(point >> 12) << 8) | (continuation(point >> 6) << 16) | (continuation(point) << 24);
  return (first | others) >>> 0;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

function mix(hash: number, block: number): number {
  const mixed = hash ^ scramble(block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
