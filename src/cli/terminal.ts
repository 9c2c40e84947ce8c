import type { WriteStream } from 'node:tty';

type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'hasColors'>>;
type Style = (text: string) => string;

/** Where a command writes. Colours only where someone sees them, and has not set NO_COLOR. */
export class Terminal {
  readonly hasColors: boolean;
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  readonly #stdout: Output;
  readonly #stderr: Output;

  constructor(stdout: Output, stderr: Output) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    const hasColors = stdout.hasColors?.() === true;
    this.hasColors = hasColors;
    const style = (on: number, off: number): Style => (hasColors ? (text) => `\x1b[${on}m${text}\x1b[${off}m` : String);
    this.bold = style(1, 22);
    this.dim = style(2, 22);
    this.red = style(31, 39);
    this.green = style(32, 39);
    this.yellow = style(33, 39);
  }

  /** A line of the result. */
  print(line: string): void {
    this.#stdout.write(`${line}\n`);
  }

  /** A line beside the result. */
  note(line: string): void {
    this.#stderr.write(`${line}\n`);
  }

  /** A result for people to read as well. */
  json(value: unknown): void {
    this.print(JSON.stringify(value, null, 2));
  }

  /** One of many results, on a line of its own. */
  jsonLine(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  /** Columns as wide as their widest cell; the first row is the head. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
    rows.forEach((row, index) => {
      const line = row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell))).join('  ');
      this.print(index === 0 ? this.bold(line.trimEnd()) : line.trimEnd());
    });
  }
}

/** Text of others, which cannot give the terminal orders. */
export function printable(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- these are what it is about
    /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
