import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { median, medianOf } from '../lib/statistics.mjs';
import { milliseconds } from '../lib/text.mjs';

/** What a push that changes one of 8,000 flags costs the event loop. */
export const measurements = {
  /** The longest block of the event loop, as the median of the pushes. */
  async longestBlock({ subject, flagCount, pushes, warmUp }) {
    const client = await Pushes.open({ subject, flagCount });
    const blocks = [];
    for (let i = -warmUp; i < pushes; i++) {
      const longestMs = await client.toggleBesideHeartbeat(someFlag(i, flagCount));
      if (i >= 0) blocks.push(longestMs);
    }
    return { medianMs: median(blocks), worstMs: Math.max(...blocks) };
  },
};

export async function run({ rounds }) {
  const block = (subject, counts) => () =>
    inFreshProcess('push', 'longestBlock', { subject, flagCount: 8_000, ...counts });
  const results = await byTurns(rounds(3), {
    bare: block('bare', { pushes: 15, warmUp: 5 }),
    ours: block('ours', { pushes: 15, warmUp: 5 }),
    flagd: block('flagd', { pushes: 2, warmUp: 1 }),
  });
  const [bare, ours, flagd] = [results.bare, results.ours, results.flagd].map((one) => medianOf(one, 'medianMs'));
  const what = 'whole-set push, one of 8,000 flags (2.8 MB) changed: longest event-loop block';
  return [
    {
      what,
      goal: "at most 1/150 of flagd-provider's",
      figure: `1/${(flagd / ours).toFixed(0)} (${milliseconds(ours)} against ${milliseconds(flagd)})`,
      met: ours <= flagd / 150,
      measured: { bare, ours, flagd },
    },
    {
      what,
      goal: 'at most 3 ms above a bare grpc-js client',
      figure: `${milliseconds(Math.abs(ours - bare))} ${ours < bare ? 'below' : 'above'} its ${milliseconds(bare)}`,
      met: ours - bare <= 3,
      measured: { bare, ours },
    },
  ];
}
