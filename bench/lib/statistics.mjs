import { threadTimeMs } from './thread-time.mjs';

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(numbers) {
  return Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);
}

/** The median of one member of each. */
export function medianOf(results, name) {
  return median(results.map((result) => result[name]));
}

/** Milliseconds of work that a function is, as the median of several calls after one that does not count. */
export function medianTime(calls, action) {
  action();
  const durations = Array.from({ length: calls }, () => {
    const before = threadTimeMs();
    action();
    return threadTimeMs() - before;
  });
  return median(durations);
}
