import { clearImmediate, setImmediate } from 'node:timers';

/**
 * Beats in every turn of the event loop, without rest: a pause between two beats is work that blocked it. It makes little
 * garbage, for collecting that would be felt as well.
 */
export class Heartbeat {
  /** The longest pause, in milliseconds. Of one in which the process did not get the CPU counts the time that it did. */
  longestMs = 0;
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
    this.longestMs = Math.max(this.longestMs, Math.min(now - this.#last, computedMs));
    this.#last = now;
    this.#lastCpu = cpu;
  }
}
