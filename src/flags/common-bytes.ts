/** Compared at once; within the last such part, halves are compared. */
const part = 64 * 1024;

/** How many bytes are the same from `leftFrom` and `rightFrom` on. */
export function commonPrefix(left: Buffer, leftFrom: number, right: Buffer, rightFrom: number): number {
  const longest = Math.min(left.length - leftFrom, right.length - rightFrom);
  return longestCommon(longest, (done, length) => {
    const [leftAt, rightAt] = [leftFrom + done, rightFrom + done];
    return left.compare(right, rightAt, rightAt + length, leftAt, leftAt + length) === 0;
  });
}

/** How many of the last bytes are the same, at most `longest`. */
export function commonSuffix(left: Buffer, right: Buffer, longest: number): number {
  return longestCommon(longest, (done, length) => {
    const [leftEnd, rightEnd] = [left.length - done, right.length - done];
    return left.compare(right, rightEnd - length, rightEnd, leftEnd - length, leftEnd) === 0;
  });
}

/** `isCommon(done, length)` says whether the `length` bytes behind the first `done` ones are the same. */
function longestCommon(longest: number, isCommon: (done: number, length: number) => boolean): number {
  let done = 0;
  for (let length = part; length >= 1; length >>= 1) {
    while (done + length <= longest && isCommon(done, length)) done += length;
  }
  return done;
}
