import type { JsonValue } from '@openfeature/server-sdk';
import type { BrokenFlag, Flag } from './flag';
import { pointerTo, sameJson } from './json';
import { parseFlag, type Surroundings } from './parse-flag';
import { asBuffer } from './utf8';

/** Where the JSON text of one flag is: from `start` up to `end` in `bytes`. */
export interface FlagText {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** What is nested deeper is compared as flags are, which refuses it. */
const deepestCompared = 500;

/** A flag as its text, parsed when somebody first asks for it: most flags of a large set are never asked for. */
export class FlagEntry {
  readonly key: string;
  readonly surroundings: Surroundings;
  readonly #pointer: string | undefined;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #flag: Flag | BrokenFlag | undefined;

  /**
   * @param text valid JSON
   * @param pointer where the definition is in the flag set, if that is not `/flags/{key}`
   */
  constructor(key: string, { bytes, start, end }: FlagText, surroundings: Surroundings, pointer?: string) {
    this.key = key;
    this.surroundings = surroundings;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#pointer = pointer;
  }

  get flag(): Flag | BrokenFlag {
    return (this.#flag ??= parseFlag(this.key, this.#json(), this.surroundings, this.pointer));
  }

  get pointer(): string {
    return this.#pointer ?? pointerTo('/flags', this.key);
  }

  /** The same flag in another set. */
  within(surroundings: Surroundings): FlagEntry {
    const text = { bytes: this.#bytes, start: this.#start, end: this.#end };
    return new FlagEntry(this.key, text, surroundings, this.#pointer);
  }

  /** Whether the flag, letter by letter, is that text. */
  hasText({ bytes, start, end }: FlagText): boolean {
    if (end - start !== this.#end - this.#start) return false;
    return asBuffer(this.#bytes).compare(bytes, start, end, this.#start, this.#end) === 0;
  }

  /** Whether the flag says that, whatever its notation and the order of its members. */
  hasJson(json: JsonValue): boolean {
    return sameJson(this.#json(), json, deepestCompared);
  }

  #json(): JsonValue {
    return JSON.parse(asBuffer(this.#bytes).toString('utf8', this.#start, this.#end)) as JsonValue;
  }
}
