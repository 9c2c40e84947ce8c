import type { JsonValue } from '@openfeature/server-sdk';
import { problemsOf } from './check-flag';
import type { BrokenFlag, Flag, FlagProblem } from './flag';
import { pointerTo } from './json';
import { parseText, type JsonText } from './json-text';
import { parseFlag, type Surroundings } from './parse-flag';

/** A flag as its text, parsed when somebody first asks for it: most flags of a large set are never asked for. */
export class FlagEntry {
  readonly key: string;
  readonly surroundings: Surroundings;
  // Not one object: there are as many as flags.
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #pointer: string | undefined;
  #flag: Flag | BrokenFlag | undefined;

  /** @param pointer where the definition is in the flag set, if that is not `/flags/{key}` */
  constructor(key: string, { bytes, start, end }: JsonText, surroundings: Surroundings, pointer?: string) {
    this.key = key;
    this.surroundings = surroundings;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#pointer = pointer;
  }

  get flag(): Flag | BrokenFlag {
    return (this.#flag ??= this.#parse());
  }

  /** Whether its answer may depend on the context. */
  get hasRule(): boolean {
    const flag = this.#flag ?? this.#parse();
    return !flag.problem && flag.targeting !== undefined;
  }

  get text(): JsonText {
    return { bytes: this.#bytes, start: this.#start, end: this.#end };
  }

  /** What the definition says. */
  get json(): JsonValue {
    return parseText(this.text);
  }

  /** Where the definition is in the flag set, as a JSON pointer. */
  get place(): string {
    return this.#pointer ?? pointerTo('/flags', this.key);
  }

  /** All that is wrong with the definition. Looks for it each time, and keeps nothing. */
  findProblems(): readonly FlagProblem[] {
    const problems = problemsOf(this.key, this.json, this.surroundings.evaluators);
    return problems.map(({ pointer, message }) => ({ pointer: this.place + pointer, message }));
  }

  /** The same flag in another set. */
  within(surroundings: Surroundings): FlagEntry {
    return new FlagEntry(this.key, this.text, surroundings, this.#pointer);
  }

  #parse(): Flag | BrokenFlag {
    return parseFlag(this.key, this.json, this.surroundings, this.place);
  }
}
