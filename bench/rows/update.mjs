import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { median, medianOf } from '../lib/statistics.mjs';
import { milliseconds } from '../lib/text.mjs';

/** An UPDATE of one flag over `sync.v1`, with few and with many other flags held. */
export const measurements = {
  /** Milliseconds from the server's write to the answer that changed. */
  async untilVisible({ flagCount, updates, warmUp }) {
    const client = await Pushes.open({ subject: 'ours', flagCount, contract: 'sync.v1' });
    const latencies = [];
    for (let i = -warmUp; i < updates; i++) {
      const ms = await client.update(someFlag(i, flagCount));
      if (i >= 0) latencies.push(ms);
    }
    return { medianMs: median(latencies) };
  },
};

/** What the clocks and queues of a loopback connection leave open. */
const noise = (ms) => 0.1 + 0.2 * ms;

export async function run({ rounds }) {
  const update = (flagCount) => () =>
    inFreshProcess('update', 'untilVisible', { flagCount, updates: 300, warmUp: 100 });
  const results = await byTurns(rounds(3), { few: update(100), many: update(100_000) });
  const [few, many] = [medianOf(results.few, 'medianMs'), medianOf(results.many, 'medianMs')];
  return [
    {
      what: '`sync.v1` UPDATE of one flag, until it is visible: 100 flags against 100,000',
      goal: 'the same (within 0.1 ms and a fifth)',
      figure: `${milliseconds(few)} against ${milliseconds(many)}`,
      met: many <= few + noise(few),
      measured: { few, many },
    },
  ];
}
