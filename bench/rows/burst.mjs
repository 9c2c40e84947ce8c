import { setTimeout } from 'node:timers/promises';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { settledHeap } from '../lib/heap.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { median, medianOf } from '../lib/statistics.mjs';
import { bytes, digits, milliseconds } from '../lib/text.mjs';

const flagCount = 1_000;
const pushCount = 2_000;
const changing = Array.from({ length: 20 }, (_, i) => someFlag(i, flagCount));
const last = someFlag(20, flagCount);

/** Whole sets as fast as the connection takes them, each with a change. */
export const measurements = {
  async burst({ subject }) {
    const client = await Pushes.open({ subject, flagCount });
    const full = [];
    for (let i = 0; i < 9; i++) {
      // a provider may rest after a piece of work; that is none of the work
      await setTimeout(250);
      full.push(await client.toggleAll(flagCount));
    }
    // once before it counts: what the first burst leaves behind for good is not a leak
    await client.burst(pushCount / 10, changing, last);
    const heapBefore = await settledHeap();
    const { computedMs, elapsedMs } = await client.burst(pushCount, changing, last);
    const heapGrowth = (await settledHeap()) - heapBefore;
    return { fullMs: median(full), computedMs, elapsedMs, heapGrowth };
  },
};

export async function run({ rounds }) {
  const burst = (subject) => () => inFreshProcess('burst', 'burst', { subject });
  const results = await byTurns(rounds(3), { bare: burst('bare'), ours: burst('ours') });
  const beyondBare = (name) => medianOf(results.ours, name) - medianOf(results.bare, name);
  const [computedMs, fullMs, elapsedMs] = [beyondBare('computedMs'), beyondBare('fullMs'), beyondBare('elapsedMs')];
  const heapGrowth = medianOf(results.ours, 'heapGrowth');
  const what = '2,000 pushes of 1,000 flags in a row, each with a change';
  return [
    {
      what: `${what}: computing until the last state, beyond a bare client`,
      goal: 'less than 20 full applications',
      figure: `${digits(computedMs / fullMs)} of them (${milliseconds(computedMs)}, one takes ${milliseconds(fullMs)}); elapsed: ${milliseconds(elapsedMs)} beyond`,
      met: computedMs < 20 * fullMs,
      measured: { computedMs, fullMs, elapsedMs },
    },
    {
      what: `${what}: heap`,
      goal: 'back where it was (within 0.5 MB)',
      figure: `${heapGrowth > 0 ? '+' : ''}${bytes(heapGrowth)}`,
      met: heapGrowth < 0.5e6,
      measured: { heapGrowth },
    },
  ];
}
