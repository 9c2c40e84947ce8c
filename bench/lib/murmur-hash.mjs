/** MurmurHash3 x86 32-bit, seed 0, of a text in ASCII: no bytes are made of what is at hand as characters. */
export function murmurHash(text) {
  const { length } = text;
  const inBlocks = length & ~3;
  let hash = 0;
  for (let i = 0; i < inBlocks; i += 4) {
    hash ^= scramble(
      text.charCodeAt(i) |
        (text.charCodeAt(i + 1) << 8) |
        (text.charCodeAt(i + 2) << 16) |
        (text.charCodeAt(i + 3) << 24),
    );
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= inBlocks; i--) tail = (tail << 8) | text.charCodeAt(i);
  if (length > inBlocks) hash ^= scramble(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block) {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
