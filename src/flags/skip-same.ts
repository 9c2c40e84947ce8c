import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  invalid,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  skipString,
  skipValue,
} from './json-scanner';
import type { JsonText } from './json-text';
import { firstMember, nextMember, skipMember } from './member-index';

/**
 * How many bytes may be passed over in search of a member, and be compared in vain, as a multiple of the text: members in another
 * order at many depths, or very many of them, would take the square of that. Beyond it, to parse both is faster.
 */
const searchBudget = 4;
/** Deeper values are not compared. */
const deepestCompared = 500;

/**
 * Steps over a value that says the same as a known text: white space, escapes, the notation of numbers and the order of an
 * object's members aside. What it steps over is JSON, as the known text is; it makes nothing of either.
 *
 * @returns where the value ends; {@link invalid} if it says something else, is no JSON, or is too unusual to tell
 */
export function skipSame(known: JsonText, bytes: Buffer, from: number): number {
  const { start, end } = known;
  const sameEnd = from + end - start;
  // Letter by letter, which is likely. A number could go on behind that.
  if (bytes[from] === openBrace && sameEnd <= bytes.length) {
    if (known.bytes.compare(bytes, from, sameEnd, start, end) === 0) return sameEnd;
  }
  return new Comparison(known, bytes, from).end;
}

/** Two places in two texts, which go forward together as long as what they pass says the same. Only the left is known to be JSON. */
class Comparison {
  readonly #left: Buffer;
  readonly #right: Buffer;
  #leftAt: number;
  #rightAt: number;
  #budget: number;

  constructor(left: JsonText, right: Buffer, rightAt: number) {
    this.#left = left.bytes;
    this.#right = right;
    this.#leftAt = left.start;
    this.#rightAt = rightAt;
    this.#budget = searchBudget * (left.end - left.start);
  }

  get end(): number {
    return this.#sameValue(deepestCompared) ? this.#rightAt : invalid;
  }

  #sameValue(levels: number): boolean {
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
    /** Members on the left that have been passed over, as their order is another one on the right. */
    const passed: number[] = [];
    let next = firstMember(this.#left, this.#leftAt);
    this.#stepRight();
    while (this.#right[this.#rightAt] !== closeBrace) {
      if (this.#findPassed(passed)) {
        if (!this.#sameValueOfKey(levels)) return false;
      } else {
        if (!this.#findAhead(next, passed) || !this.#sameValueOfKey(levels)) return false;
        next = nextMember(this.#left, this.#leftAt);
      }
      this.#rightAt = nextMember(this.#right, this.#rightAt);
    }
    this.#leftAt = next;
    return passed.length === 0 && this.#bothBehind(closeBrace);
  }

  /** Finds the key on the right among the members passed over; a key that stands twice is not found a second time. */
  #findPassed(passed: number[]): boolean {
    for (let i = 0; i < passed.length && this.#budget >= 0; i++) {
      this.#leftAt = passed[i]!;
      if (!this.#sameString()) continue;
      // The order counts: of two with one name, the later wins.
      passed.splice(i, 1);
      return true;
    }
    return false;
  }

  /** Finds the key on the right in the members from `next` on, and notes those it passes over. */
  #findAhead(next: number, passed: number[]): boolean {
    let at = next;
    while (this.#left[at] === quote && this.#budget >= 0) {
      this.#leftAt = at;
      if (this.#sameString()) return true;
      passed.push(at);
      at = nextMember(this.#left, skipMember(this.#left, at));
      this.#budget -= at - this.#leftAt;
    }
    return false;
  }

  #sameValueOfKey(levels: number): boolean {
    this.#skipSpace();
    if (this.#right[this.#rightAt] !== colon) return false;
    this.#stepLeft();
    this.#stepRight();
    return this.#sameValue(levels);
  }

  #sameArray(levels: number): boolean {
    this.#stepLeft();
    this.#stepRight();
    if (this.#left[this.#leftAt] === closeBracket) return this.#bothBehind(closeBracket);
    for (;;) {
      if (!this.#sameValue(levels)) return false;
      this.#skipSpace();
      if (this.#left[this.#leftAt] !== comma) return this.#bothBehind(closeBracket);
      if (this.#right[this.#rightAt] !== comma) return false;
      this.#stepLeft();
      this.#stepRight();
    }
  }

  #sameString(): boolean {
    const left = this.#left;
    const right = this.#right;
    if (left[this.#leftAt] !== quote || right[this.#rightAt] !== quote) return false;
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
    this.#budget -= leftAt - this.#leftAt;
    if (!hasEscape && left[leftAt] !== backslash && right[rightAt] !== backslash) return false;
    return this.#sameOnceDecoded(skipString(left, this.#leftAt), skipString(right, this.#rightAt));
  }

  #sameScalar(): boolean {
    const first = this.#right[this.#rightAt];
    if (first === quote || first === openBrace || first === openBracket) return false;
    const leftEnd = skipValue(this.#left, this.#leftAt);
    const rightEnd = skipValue(this.#right, this.#rightAt);
    return this.#sameBytes(leftEnd, rightEnd) || this.#sameOnceDecoded(leftEnd, rightEnd);
  }

  #sameBytes(leftEnd: number, rightEnd: number): boolean {
    const length = leftEnd - this.#leftAt;
    if (rightEnd - this.#rightAt !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#left[this.#leftAt + i] !== this.#right[this.#rightAt + i]) return false;
    }
    return this.#goTo(leftEnd, rightEnd);
  }

  #sameOnceDecoded(leftEnd: number, rightEnd: number): boolean {
    if (rightEnd === invalid) return false;
    const left: unknown = JSON.parse(this.#left.toString('utf8', this.#leftAt, leftEnd));
    const right: unknown = JSON.parse(this.#right.toString('utf8', this.#rightAt, rightEnd));
    return Object.is(left, right) && this.#goTo(leftEnd, rightEnd);
  }

  #skipSpace(): void {
    this.#leftAt = skipSpace(this.#left, this.#leftAt);
    this.#rightAt = skipSpace(this.#right, this.#rightAt);
  }

  /** Over a byte and the white space behind it. */
  #stepLeft(): void {
    this.#leftAt = skipSpace(this.#left, this.#leftAt + 1);
  }

  #stepRight(): void {
    this.#rightAt = skipSpace(this.#right, this.#rightAt + 1);
  }

  /** Steps over that byte, if both are at it. */
  #bothBehind(byte: number): boolean {
    if (this.#left[this.#leftAt] !== byte || this.#right[this.#rightAt] !== byte) return false;
    return this.#goTo(this.#leftAt + 1, this.#rightAt + 1);
  }

  #goTo(left: number, right: number): true {
    this.#leftAt = left;
    this.#rightAt = right;
    return true;
  }
}
