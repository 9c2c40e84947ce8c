import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  skipString,
  skipValue,
} from './json-scanner';
import type { JsonText } from './json-text';

/** More members than that, in another order, are not matched: it would take the square of their number. */
const mostMatched = 64;
/** Deeper values are not compared. */
const deepestCompared = 500;

/**
 * Whether two texts surely say the same: white space, escapes, the notation of numbers and the order of an object's members
 * aside. Compares them byte by byte and makes nothing of them.
 *
 * @returns false if they differ, or are too unusual to tell
 */
export function sameMeaning(left: JsonText, right: JsonText): boolean {
  return new Comparison(left, right).sameValue(deepestCompared);
}

/** Two places in two texts, which go forward together as long as what they pass is the same. */
class Comparison {
  readonly #left: Buffer;
  readonly #right: Buffer;
  #leftAt: number;
  #rightAt: number;

  constructor(left: JsonText, right: JsonText) {
    this.#left = left.bytes;
    this.#right = right.bytes;
    this.#leftAt = left.start;
    this.#rightAt = right.start;
  }

  sameValue(levels: number): boolean {
    const first = this.#left[this.#leftAt]!;
    switch (first) {
      case quote:
        return this.#sameString();
      case openBrace:
        return this.#right[this.#rightAt] === first && levels > 0 && this.#sameObject(levels - 1);
      case openBracket:
        return this.#right[this.#rightAt] === first && levels > 0 && this.#sameArray(levels - 1);
      default:
        return this.#sameScalar();
    }
  }

  #sameObject(levels: number): boolean {
    this.#step();
    /** What is left on the right, once its order is seen to be another one. */
    let others: Members | undefined;
    while (this.#left[this.#leftAt] !== closeBrace) {
      if (!others && !this.#sameString()) {
        others = membersFrom(this.#right, this.#rightAt);
        if (others.starts.length > mostMatched) return false;
      }
      if (others && !this.#findKey(others)) return false;
      this.#skipSpace();
      this.#step(); // over the colon
      if (!this.sameValue(levels)) return false;
      this.#skipSeparator();
    }
    if (!others) return this.#bothAt(closeBrace);
    return others.starts.length === 0 && this.#goTo(this.#leftAt + 1, others.end);
  }

  /** Finds the member with the key of the left, and goes behind that in both. */
  #findKey({ starts }: Members): boolean {
    for (let i = 0; i < starts.length; i++) {
      this.#rightAt = starts[i]!;
      if (!this.#sameString()) continue;
      // A key that stands twice is not found a second time.
      starts[i] = starts[starts.length - 1]!;
      starts.pop();
      return true;
    }
    return false;
  }

  #sameArray(levels: number): boolean {
    this.#step();
    while (this.#left[this.#leftAt] !== closeBracket) {
      if (this.#right[this.#rightAt] === closeBracket || !this.sameValue(levels)) return false;
      this.#skipSeparator();
    }
    return this.#bothAt(closeBracket);
  }

  #sameString(): boolean {
    const left = this.#left;
    const right = this.#right;
    if (right[this.#rightAt] !== quote) return false;
    let leftAt = this.#leftAt + 1;
    let rightAt = this.#rightAt + 1;
    let hasEscape = false;
    while (left[leftAt] === right[rightAt]) {
      const byte = left[leftAt++];
      rightAt++;
      if (byte === quote) return this.#goTo(leftAt, rightAt);
      if (byte !== backslash) continue;
      hasEscape = true;
      // what is escaped may be a quote or a backslash, and is none then
      if (left[leftAt] !== right[rightAt]) break;
      leftAt++;
      rightAt++;
    }
    if (!hasEscape && left[leftAt] !== backslash && right[rightAt] !== backslash) return false;
    return this.#sameOnceDecoded(skipString(left, this.#leftAt), skipString(right, this.#rightAt));
  }

  #sameScalar(): boolean {
    const first = this.#right[this.#rightAt];
    if (first === quote || first === openBrace || first === openBracket) return false;
    const leftEnd = skipValue(this.#left, this.#leftAt);
    const rightEnd = skipValue(this.#right, this.#rightAt);
    return this.#sameBytes(leftEnd, rightEnd)
      ? this.#goTo(leftEnd, rightEnd)
      : this.#sameOnceDecoded(leftEnd, rightEnd);
  }

  #sameBytes(leftEnd: number, rightEnd: number): boolean {
    const length = leftEnd - this.#leftAt;
    if (rightEnd - this.#rightAt !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#left[this.#leftAt + i] !== this.#right[this.#rightAt + i]) return false;
    }
    return true;
  }

  #sameOnceDecoded(leftEnd: number, rightEnd: number): boolean {
    const left: unknown = JSON.parse(this.#left.toString('utf8', this.#leftAt, leftEnd));
    const right: unknown = JSON.parse(this.#right.toString('utf8', this.#rightAt, rightEnd));
    return Object.is(left, right) && this.#goTo(leftEnd, rightEnd);
  }

  /** Over a byte and the white space behind it. */
  #step(): void {
    this.#leftAt++;
    this.#rightAt++;
    this.#skipSpace();
  }

  #skipSpace(): void {
    this.#leftAt = skipSpace(this.#left, this.#leftAt);
    this.#rightAt = skipSpace(this.#right, this.#rightAt);
  }

  /** Over a comma, and the white space around it. */
  #skipSeparator(): void {
    this.#leftAt = skipSeparator(this.#left, this.#leftAt);
    this.#rightAt = skipSeparator(this.#right, this.#rightAt);
  }

  /** Whether both are at that byte; if so, steps over it. */
  #bothAt(byte: number): boolean {
    if (this.#left[this.#leftAt] !== byte || this.#right[this.#rightAt] !== byte) return false;
    return this.#goTo(this.#leftAt + 1, this.#rightAt + 1);
  }

  #goTo(left: number, right: number): true {
    this.#leftAt = left;
    this.#rightAt = right;
    return true;
  }
}

/** Members of an object, in no particular order. */
interface Members {
  /** Where they begin. */
  readonly starts: number[];
  /** Where the object ends. */
  readonly end: number;
}

/** The member that begins at `from`, if there is one, and all behind it. */
function membersFrom(bytes: Buffer, from: number): Members {
  const starts = bytes[from] === quote ? [from] : [];
  let depth = 1;
  for (let at = from; ; at++) {
    const byte = bytes[at]!;
    if (byte === quote) at = skipString(bytes, at) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === comma && depth === 1) starts.push(skipSpace(bytes, at + 1));
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return { starts, end: at + 1 };
  }
}

function skipSeparator(bytes: Buffer, from: number): number {
  const at = skipSpace(bytes, from);
  return bytes[at] === comma ? skipSpace(bytes, at + 1) : at;
}
