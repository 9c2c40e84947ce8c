import { isDeepStrictEqual } from 'node:util';

/** Ends the measurement if it does not measure what it says. */
export function expect(actual, expected, what) {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)}`);
}
