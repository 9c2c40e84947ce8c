import { setTimeout } from 'node:timers/promises';
import { median } from './statistics.mjs';

/** Bytes that stay after collecting the garbage, in the heap of V8 and outside of it. */
export async function settledHeap() {
  const readings = [];
  for (let i = 0; i < 6; i++) {
    await setTimeout(50);
    globalThis.gc();
    // external includes the array buffers
    const { heapUsed, external } = process.memoryUsage();
    readings.push(heapUsed + external);
  }
  return median(readings.slice(-3));
}
