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
    const burstMs = await client.burst(pushCount, changing, last);
    const heapGrowth = (await settledHeap()) - heapBefore;
    return { fullMs: median(full), burstMs, heapGrowth };
  },
};

export async function run({ rounds }) {
  const burst = (subject) => () => inFreshProcess('burst', 'burst', { subject });
  const results = await byTurns(rounds(3), { bare: burst('bare'), ours: burst('ours') });
  const beyondBare = (name) => medianOf(results.ours, name) - medianOf(results.bare, name);
  const [burstMs, fullMs, heapGrowth] = [
    beyondBare('burstMs'),
    beyondBare('fullMs'),
    medianOf(results.ours, 'heapGrowth'),
  ];
  const what = '2,000 pushes of 1,000 flags in a row, each with a change';
  return [
    {
      what: `${what}: until the last state, beyond a bare client`,
      goal: 'in less time than 20 full applications',
      figure: `${digits(burstMs / fullMs)} of them (${milliseconds(burstMs)}, one takes ${milliseconds(fullMs)}; bare ${milliseconds(medianOf(results.bare, 'burstMs'))})`,
      met: burstMs < 20 * fullMs,
      measured: { burstMs, fullMs },
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
