import type { FlagMetadata, JsonValue } from '@openfeature/server-sdk';
import { problemsOf } from './check-flag';
import type { BrokenFlag, Flag, FlagProblem } from './flag';
import { isObject, pointerTo } from './json';
import { parseText, type JsonText } from './json-text';
import { isOfItsOwn, ownBytes } from './own-bytes';
import { parseFlag, parseMetadata, type Surroundings } from './parse-flag';

/** A flag as its text, parsed when somebody first asks for it: most flags of a large set are never asked for. */
export class FlagEntry {
  readonly key: string;
  readonly surroundings: Surroundings;
  // Not one object: there are as many as flags.
  #bytes: Buffer;
  #start: number;
  #end: number;
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

  /** Whether the same definition has the same metadata in the surroundings of another entry. */
  hasMetadataOf({ surroundings: { metadata: other } }: FlagEntry): boolean {
    const { metadata } = this.surroundings;
    if (metadata === other) return true;
    const json = this.json;
    const own = parseMetadata(isObject(json) ? json.metadata : undefined);
    const names = [...Object.keys(metadata), ...Object.keys(other)];
    return names.every((name) => Object.hasOwn(own, name) || valueOf(metadata, name) === valueOf(other, name));
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

  /** Copies the text out of the message that it came in, if that is larger, so that the flag does not keep it in memory. */
  leaveMessage(): void {
    if (isOfItsOwn(this.#bytes, this.#end - this.#start)) return;
    this.#bytes = ownBytes(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
  }

  /** The same flag in another set. */
  within(surroundings: Surroundings): FlagEntry {
    if (surroundings === this.surroundings) return this;
    return new FlagEntry(this.key, this.text, surroundings, this.#pointer);
  }

  #parse(): Flag | BrokenFlag {
    return parseFlag(this.key, this.json, this.surroundings, this.place);
  }
}

function valueOf(metadata: Readonly<FlagMetadata>, name: string): FlagMetadata[string] | undefined {
  return Object.hasOwn(metadata, name) ? metadata[name] : undefined;
}
