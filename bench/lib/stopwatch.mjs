/**
 * Two clocks. On a machine that others use, too, a process is at times not given the CPU; that is not its doing, and falls
 * on every subject by chance. So where a cost is asked for, and not how long a user waits, computing is what counts.
 *
 * @returns a function that tells the milliseconds since, elapsed and computed by all threads of this process
 */
export function stopwatch() {
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpuStart);
    return { elapsedMs: performance.now() - start, computedMs: (user + system) / 1000 };
  };
}

/** The lesser: neither waiting for the CPU counts, nor what the garbage collector's threads do beside. */
export function blockedMs({ elapsedMs, computedMs }) {
  return Math.min(elapsedMs, computedMs);
}
