import { clearImmediate, setImmediate } from 'node:timers';

/**
 * Beats in every turn of the event loop, without rest: the longest pause between two beats is how long nothing else could
 * run. Of a pause counts what the process computed. On a machine that others use, too, it is at times not given the CPU;
 * that is not its doing, and falls on every subject by chance.
 */
export class Heartbeat {
  #longestMs = 0;
  #last = 0;
  #lastCpu;
  #next;

  /** Forgets what was, and beats until `stop()`. */
  start() {
    clearImmediate(this.#next);
    this.#longestMs = 0;
    this.#last = performance.now();
    this.#lastCpu = process.cpuUsage();
    this.#next = setImmediate(this.#beat);
  }

  /** @returns the longest pause in milliseconds */
  stop() {
    clearImmediate(this.#next);
    return this.#longestMs;
  }

  #beat = () => {
    const now = performance.now();
    const cpu = process.cpuUsage();
    const elapsedMs = now - this.#last;
    const computedMs = (cpu.user + cpu.system - this.#lastCpu.user - this.#lastCpu.system) / 1000;
    // of what the garbage collector's threads do beside the pause, nothing counts
    this.#longestMs = Math.max(this.#longestMs, Math.min(elapsedMs, computedMs));
    this.#last = now;
    this.#lastCpu = cpu;
    this.#next = setImmediate(this.#beat);
  };
}
