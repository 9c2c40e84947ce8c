import { existsSync, readFileSync } from 'node:fs';

/** Of the main thread, on Linux: the nanoseconds that it ran, first of three numbers. */
const schedulerStatistics = '/proc/self/schedstat';
const isKnown = existsSync(schedulerStatistics);

const neverChanged = new Int32Array(new SharedArrayBuffer(4));

/**
 * Milliseconds that the main thread, the one that serves users, has run so far. Other than the clock, it does not go on while
 * the machine is busy with others; other than the process's CPU time, it does not count compilers and collectors that run
 * beside. Where the system does not tell it, the CPU time of the process stands for it.
 */
export function threadTimeMs() {
  if (!isKnown) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  // the count is brought up to date when the thread goes to sleep
  Atomics.wait(neverChanged, 0, 0, 1);
  return Number(readFileSync(schedulerStatistics, 'utf8').split(' ', 1)[0]) / 1e6;
}
