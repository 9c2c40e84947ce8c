/** Numbers as a person reads them. */

export function milliseconds(ms) {
  return `${digits(ms)} ms`;
}

export function nanoseconds(ns) {
  return Math.abs(ns) < 1000 ? `${digits(ns)} ns` : `${digits(ns / 1000)} µs`;
}

export function bytes(count) {
  if (Math.abs(count) >= 1e6) return `${digits(count / 1e6)} MB`;
  return Math.abs(count) >= 10e3 ? `${digits(count / 1e3)} kB` : `${Math.round(count)} bytes`;
}

export function times(ratio) {
  return `${digits(ratio)} ×`;
}

/** Three digits, or all before the point. */
export function digits(number) {
  const size = Math.abs(number);
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return number.toFixed(places);
}
