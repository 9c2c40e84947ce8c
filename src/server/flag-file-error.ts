/** A flag file that cannot be served. The message begins with `FILE:LINE:COLUMN:`, or `FILE:` if no place is to blame. */
export class FlagFileError extends Error {
  override readonly name = 'FlagFileError';

  constructor(
    readonly path: string,
    /** What is wrong, without the place. */
    readonly fault: string,
    readonly place?: Place,
    options?: ErrorOptions,
  ) {
    super(`${at(path, place)} ${fault}`, options);
  }
}

/** A place in a text, counted from 1; columns in UTF-16 units, as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** `FILE:LINE:COLUMN:`, which editors and terminals turn into a link. */
export function at(path: string, place?: Place): string {
  return place ? `${path}:${place.line}:${place.column}:` : `${path}:`;
}

/** The place of an offset in a text. */
export function placeOf(text: string, offset: number): Place {
  return placesIn(text)(offset);
}

/** The same for many offsets: looks for the lines once. */
export function placesIn(text: string): (offset: number) => Place {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), ({ 0: end, index }) => index + end.length)];
  return (offset) => {
    let [line, after] = [0, starts.length];
    while (after - line > 1) {
      const middle = (line + after) >> 1;
      if (starts[middle]! <= offset) line = middle;
      else after = middle;
    }
    return { line: line + 1, column: offset - starts[line]! + 1 };
  };
}
