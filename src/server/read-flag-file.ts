import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { JsonValue } from '@openfeature/server-sdk';
import type { FlagProblem } from '../flags/flag';
import { FlagSetError } from '../flags/flag-set-error';
import { FlagFileError, placeOf, placesIn, type Place } from './flag-file-error';
import { FormatError, type FlagFileFormat } from './flag-file-format';
import { FlagSet } from './flag-set';
import { problemsIn } from './flag-set-problems';
import { jsonFormat } from './json-format';
import { loadYamlFormat } from './yaml-format';

/** What a flag file holds. */
export interface FlagFileContent {
  readonly text: string;
  /** The text as JSON, whatever its format is. */
  readonly document: JsonValue;
  readonly flagSet: FlagSet;
  /** What clients will find wrong with single flags; the set is good all the same. */
  readonly problems: readonly FlagProblem[];
  /** Where in the file a problem is. */
  locate(problem: FlagProblem): Place;
}

/** By extension; those with any other are JSON. */
function formatOf(path: string): FlagFileFormat | Promise<FlagFileFormat> {
  return /^\.ya?ml$/i.test(extname(path)) ? loadYamlFormat() : jsonFormat;
}

/**
 * Reads a flag file.
 *
 * @throws {FlagFileError} if it cannot be read, is not of its format, or is no flag set
 */
export async function readFlagFile(path: string): Promise<FlagFileContent> {
  const text = decode(path, await readBytes(path));
  const format = await formatOf(path);
  let locator: ReturnType<FlagFileFormat['locator']> | undefined;
  let place: ReturnType<typeof placesIn> | undefined;
  const locate = (pointer: string) => (place ??= placesIn(text))((locator ??= format.locator(text))(pointer));
  try {
    const document = format.parse(text);
    return {
      text,
      document,
      flagSet: FlagSet.from(document),
      problems: problemsIn(document),
      locate: ({ pointer }) => locate(pointer),
    };
  } catch (error) {
    const refuse = (fault: string, place?: Place) => new FlagFileError(path, fault, place, { cause: error });
    if (error instanceof FormatError) throw refuse(error.message, placeOf(text, error.offset));
    if (error instanceof FlagSetError) throw refuse(error.message, locate('/flags'));
    throw refuse(error instanceof RangeError ? 'it is nested too deeply' : String(error));
  }
}

/** By the code of the error. */
const faults: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a directory',
  EACCES: 'this user may not read it',
};

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new FlagFileError(path, faults[code ?? ''] ?? message, undefined, { cause: error });
  }
}

function decode(path: string, bytes: Buffer): string {
  // TextDecoder passes over a byte order mark
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const valid = new TextDecoder().decode(bytes.subarray(0, lengthOfValidLines(bytes)));
  throw new FlagFileError(path, 'this line is not valid UTF-8', placeOf(valid, valid.length));
}

/** How many bytes the lines before the first one that is not UTF-8 have. */
function lengthOfValidLines(bytes: Buffer): number {
  for (let start = 0; ;) {
    const newline = bytes.indexOf('\n', start);
    if (newline < 0 || !isUtf8(bytes.subarray(start, newline))) return start;
    start = newline + 1;
  }
}
