import { setTimeout } from 'node:timers/promises';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { median, medianOf } from '../lib/statistics.mjs';
import { milliseconds } from '../lib/text.mjs';

const flagCount = 1_000;

/** From the server's write to the change event, when the new answer is given. */
export const measurements = {
  async latency({ subject, pushes, warmUp }) {
    const client = await Pushes.open({ subject, flagCount });
    const latencies = [];
    for (let i = -warmUp; i < pushes; i++) {
      // not in step with anything
      await setTimeout(5 + ((i + warmUp) % 7));
      const ms = await client.toggle(someFlag(i, flagCount));
      if (i >= 0) latencies.push(ms);
    }
    return { medianMs: median(latencies) };
  },
};

export async function run({ rounds }) {
  const latency = (subject, counts) => () => inFreshProcess('visible', 'latency', { subject, ...counts });
  const results = await byTurns(rounds(3), {
    bare: latency('bare', { pushes: 60, warmUp: 20 }),
    ours: latency('ours', { pushes: 60, warmUp: 20 }),
    flagd: latency('flagd', { pushes: 8, warmUp: 3 }),
  });
  const [bare, ours, flagd] = [results.bare, results.ours, results.flagd].map((one) => medianOf(one, 'medianMs'));
  return [
    {
      what: 'push to visible, 1,000 flags, loopback',
      goal: 'median under 5 ms beyond the bare gRPC message',
      figure: `${milliseconds(ours - bare)} beyond its ${milliseconds(bare)} (flagd-provider: ${milliseconds(flagd - bare)})`,
      met: ours - bare < 5,
      measured: { bare, ours, flagd },
    },
  ];
}
