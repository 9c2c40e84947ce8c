import type { JsonValue } from '@openfeature/server-sdk';

/** How flag files of one kind are read. */
export interface FlagFileFormat {
  /**
   * @throws {FormatError}
   * @throws {RangeError} if the text is nested too deeply
   */
  parse(text: string): JsonValue;
  /** Finds the offset of what a JSON pointer points to, or else of the nearest around it that is there. */
  locator(text: string): (pointer: string) => number;
}

/** The text is not of the format: what is wrong, and at which offset. */
export class FormatError extends Error {
  override readonly name = 'FormatError';

  constructor(
    message: string,
    readonly offset: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
