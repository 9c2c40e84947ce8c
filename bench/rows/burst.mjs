import { setTimeout } from 'node:timers/promises';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { settledHeap } from '../lib/heap.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { medianOf } from '../lib/statistics.mjs';
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
    const { workMs, elapsedMs } = await client.burst(pushCount, changing, last);
    const heapGrowth = (await settledHeap()) - heapBefore;
    return {
      fullElapsedMs: medianOf(full, 'elapsedMs'),
      fullWorkMs: medianOf(full, 'workMs'),
      elapsedMs,
      workMs,
      heapGrowth,
    };
  },
};

export async function run({ rounds }) {
  const burst = (subject) => () => inFreshProcess('burst', 'burst', { subject });
  const results = await byTurns(rounds(5), { bare: burst('bare'), ours: burst('ours') });
  const beyondBare = (name) => medianOf(results.ours, name) - medianOf(results.bare, name);
  const [elapsedMs, fullElapsedMs] = [beyondBare('elapsedMs'), beyondBare('fullElapsedMs')];
  const [workMs, fullWorkMs] = [beyondBare('workMs'), beyondBare('fullWorkMs')];
  const heapGrowth = medianOf(results.ours, 'heapGrowth');
  const what = '2,000 pushes of 1,000 flags in a row, each with a change';
  return [
    {
      what: `${what}: work until the last state, beyond a bare client`,
      goal: 'less than 20 full applications',
      figure: `${digits(workMs / fullWorkMs)} of them (${milliseconds(workMs)}, one takes ${milliseconds(fullWorkMs)})`,
      met: workMs < 20 * fullWorkMs,
      measured: { workMs, fullWorkMs },
    },
    {
      what: `${what}: elapsed until the last state, beyond a bare client; the rests in a burst included`,
      goal: '',
      figure: `${milliseconds(elapsedMs)} (one full application: ${milliseconds(fullElapsedMs)})`,
      measured: { elapsedMs, fullElapsedMs },
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
