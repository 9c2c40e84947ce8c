/** How long to wait before the next attempt, as an immutable value: whoever waits keeps the timer. */
export interface Backoff {
  /** Milliseconds before the next attempt. */
  readonly delayMs: number;
  /** The wait after that one. */
  next(): Backoff;
}

export interface BackoffShape {
  /** Upper bound of the first delay, in milliseconds. Half of it is the lower bound of every delay. */
  readonly firstMs: number;
  /** Upper bound of any delay, in milliseconds. */
  readonly maxMs: number;
  /** What the upper bound is multiplied by after each attempt. */
  readonly factor: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * Delay n is uniform in [0, min(max, first × factorⁿ)], but at least first / 2: clients of a restarted server spread out
 * instead of arriving together, and however fast attempts fail there is no tight loop.
 */
export function exponentialBackoff(shape: BackoffShape): Backoff {
  return step(shape, shape.firstMs);
}

function step(shape: BackoffShape, bound: number): Backoff {
  const { firstMs, maxMs, factor, random } = shape;
  return {
    delayMs: Math.max(firstMs / 2, random() * Math.min(maxMs, bound)),
    next: () => step(shape, Math.min(maxMs, bound * factor)),
  };
}
