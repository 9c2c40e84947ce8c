/** A flag set that cannot be used as a whole. Whoever catches it keeps the snapshot there was. */
export class FlagSetError extends Error {
  override readonly name = 'FlagSetError';
}
