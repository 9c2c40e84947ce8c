import { clearImmediate, setImmediate } from 'node:timers';
import { blockedMs } from './stopwatch.mjs';

/** A pause of less is an empty turn of the event loop. */
const leastWorkMs = 0.1;

/**
 * Beats in every turn of the event loop, without rest: a pause between two beats is work that blocked it. It makes little
 * garbage, for collecting that would be felt as well.
 */
export class Heartbeat {
  /** The longest pause, in milliseconds. */
  longestMs = 0;
  /** All pauses together. */
  workMs = 0;
  #last = performance.now();
  #lastCpu = process.cpuUsage();
  #next;

  constructor() {
    const beat = () => {
      this.#feel();
      this.#next = setImmediate(beat);
    };
    this.#next = setImmediate(beat);
  }

  stop() {
    clearImmediate(this.#next);
  }

  #feel() {
    const now = performance.now();
    const cpu = process.cpuUsage();
    const computedMs = (cpu.user + cpu.system - this.#lastCpu.user - this.#lastCpu.system) / 1000;
    const pauseMs = blockedMs({ elapsedMs: now - this.#last, computedMs });
    if (pauseMs > this.longestMs) this.longestMs = pauseMs;
    if (pauseMs > leastWorkMs) this.workMs += pauseMs;
    this.#last = now;
    this.#lastCpu = cpu;
  }
}
