import type { Value } from '../values';

/** A version by Semantic Versioning 2, without its build metadata. */
export interface Version {
  readonly major: Numeral;
  readonly minor: Numeral;
  readonly patch: Numeral;
  readonly preRelease: readonly (string | Numeral)[];
}

/** A bigint only if a number could not hold it; the two compare with each other. */
export type Numeral = number | bigint;

const numeral = '(0|[1-9]\\d*)';
const pattern = new RegExp(
  `^[vV]?${numeral}(?:\\.${numeral}(?:\\.${numeral}(?:-([0-9A-Za-z.-]+))?(?:\\+([0-9A-Za-z.-]+))?)?)?$`,
);

/** Also accepts a leading `v`, a missing minor or patch, and a number; anything else is undefined. */
export function parseVersion(value: Value): Version | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return undefined;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', preRelease, build] = match;
  const identifiers = preRelease === undefined ? [] : preRelease.split('.');
  if (identifiers.some((identifier) => !isIdentifier(identifier)) || build?.split('.').includes('')) return undefined;
  return {
    major: toNumeral(major),
    minor: toNumeral(minor),
    patch: toNumeral(patch),
    preRelease: identifiers.map((identifier) => (isNumeric(identifier) ? toNumeral(identifier) : identifier)),
  };
}

/** Negative, zero or positive, by the precedence of Semantic Versioning 2. */
export function compareVersions(left: Version, right: Version): number {
  return (
    compare(left.major, right.major) ||
    compare(left.minor, right.minor) ||
    compare(left.patch, right.patch) ||
    comparePreReleases(left.preRelease, right.preRelease)
  );
}

function comparePreReleases(left: Version['preRelease'], right: Version['preRelease']): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareIdentifiers(left[i] ?? 0, right[i] ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Numbers come before words. */
function compareIdentifiers(left: string | Numeral, right: string | Numeral): number {
  const [leftIsWord, rightIsWord] = [typeof left === 'string', typeof right === 'string'];
  return leftIsWord === rightIsWord ? compare(left, right) : Number(leftIsWord) - Number(rightIsWord);
}

function compare(left: string | Numeral, right: string | Numeral): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function isIdentifier(text: string): boolean {
  return text !== '' && !(isNumeric(text) && text.length > 1 && text.startsWith('0'));
}

function isNumeric(text: string): boolean {
  return /^\d+$/.test(text);
}

function toNumeral(digits: string): Numeral {
  return digits.length <= 15 ? Number(digits) : BigInt(digits);
}
