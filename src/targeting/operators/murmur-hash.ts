/**
 * MurmurHash3 x86 32-bit with seed 0 of the text's UTF-8 bytes, as an unsigned number. Half of a surrogate pair counts as
 * U+FFFD, as in every encoder. Nothing is allocated.
 */
export function murmurHash(text: string): number {
  const { length } = text;
  let hash = 0;
  let i = 0;
  // four ASCII characters are a block of four bytes
  for (; i + 4 <= length; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) > 0x7f) break;
    hash = mix(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let byteCount = i;
  let block = 0;
  while (i < length) {
    const point = text.codePointAt(i) ?? 0;
    i += point > 0xffff ? 2 : 1;
    for (let bytes = utf8(point), last = false; !last; bytes >>>= 8) {
      last = bytes <= 0xff;
      block |= (bytes & 0xff) << ((byteCount % 4) * 8);
      byteCount++;
      if (byteCount % 4 === 0) {
        hash = mix(hash, block);
        block = 0;
      }
    }
  }
  return finish(hash ^ scramble(block), byteCount);
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

function finish(hash: number, byteCount: number): number {
  let h = hash ^ byteCount;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
