import { FlagSet } from '../lib/flag-sets.mjs';
import { setTimeout } from 'node:timers/promises';
import { Heartbeat } from '../lib/heartbeat.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes } from '../lib/pushes.mjs';
import { medianOf, medianTime } from '../lib/statistics.mjs';
import { milliseconds, times } from '../lib/text.mjs';
import { threadTimeMs } from '../lib/thread-time.mjs';

const flagCount = 8_000;

/** From making the provider until READY, in a process that has done nothing else. */
export const measurements = {
  async untilReady({ subject }) {
    const { untilReady } = await Pushes.open({ subject, flagCount });
    return untilReady;
  },

  /** What follows beside the application's work: looking for faults of single flags. */
  async afterReady() {
    await Pushes.open({ subject: 'ours', flagCount });
    const before = threadTimeMs();
    await setTimeout(2_000);
    return { workMs: threadTimeMs() - before };
  },

  async longestAfterReady() {
    await Pushes.open({ subject: 'ours', flagCount });
    const heartbeat = new Heartbeat();
    await setTimeout(2_000);
    heartbeat.stop();
    return { longestMs: heartbeat.longestMs };
  },

  /** Warm, while the load is cold: the stricter measure. */
  parse() {
    const text = new FlagSet(flagCount).text();
    return { ms: medianTime(7, () => JSON.parse(text)) };
  },
};

export async function run({ rounds }) {
  const load = (subject) => () => inFreshProcess('first-load', 'untilReady', { subject });
  const results = await byTurns(rounds(5), {
    bare: load('bare'),
    ours: load('ours'),
    flagd: load('flagd'),
    after: () => inFreshProcess('first-load', 'afterReady'),
    longestAfter: () => inFreshProcess('first-load', 'longestAfterReady'),
    parse: () => inFreshProcess('first-load', 'parse'),
  });
  const parse = medianOf(results.parse, 'ms');
  const beyondBare = medianOf(results.ours, 'workMs') - medianOf(results.bare, 'workMs');
  const [ours, flagd] = [medianOf(results.ours, 'elapsedMs'), medianOf(results.flagd, 'elapsedMs')];
  const [afterMs, longestMs] = [medianOf(results.after, 'workMs'), medianOf(results.longestAfter, 'longestMs')];
  const what = 'first load of 8,000 flags until READY';
  return [
    {
      what: `${what}: work beyond the bare connection`,
      goal: 'at most 2.5 × JSON.parse of the message',
      figure: `${times(beyondBare / parse)} (${milliseconds(beyondBare)}, JSON.parse ${milliseconds(parse)})`,
      met: beyondBare <= 2.5 * parse,
      measured: { beyondBare, parse },
    },
    {
      what: `${what}: elapsed`,
      goal: "at most 1/10 of flagd-provider's",
      figure: `1/${(flagd / ours).toFixed(1)} (${milliseconds(ours)} against ${milliseconds(flagd)})`,
      met: ours <= flagd / 10,
      measured: { ours, flagd },
    },
    {
      what: 'the same, what goes on behind READY: looking for faults of single flags',
      goal: '',
      figure: `${milliseconds(afterMs)} in pieces of at most ${milliseconds(longestMs)}`,
      measured: { afterMs, longestMs },
    },
  ];
}
