import { FlagSet } from '../lib/flag-sets.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes } from '../lib/pushes.mjs';
import { medianOf, medianTime } from '../lib/statistics.mjs';
import { milliseconds, times } from '../lib/text.mjs';

const flagCount = 8_000;

/** From making the provider until READY, in a process that has done nothing else. */
export const measurements = {
  async untilReady({ subject }) {
    const { readyMs } = await Pushes.open({ subject, flagCount });
    return { medianMs: readyMs };
  },

  /** Warm, while the load is cold: the stricter measure. */
  parse() {
    const text = new FlagSet(flagCount).text();
    return { medianMs: medianTime(7, () => JSON.parse(text)) };
  },
};

export async function run({ rounds }) {
  const load = (subject) => () => inFreshProcess('first-load', 'untilReady', { subject });
  const results = await byTurns(rounds(5), {
    bare: load('bare'),
    ours: load('ours'),
    flagd: load('flagd'),
    parse: () => inFreshProcess('first-load', 'parse'),
  });
  const [bare, ours, flagd, parse] = ['bare', 'ours', 'flagd', 'parse'].map((name) =>
    medianOf(results[name], 'medianMs'),
  );
  const what = 'first load of 8,000 flags until READY';
  return [
    {
      what,
      goal: 'at most 2.5 × JSON.parse of the message beyond the bare connection',
      figure: `${times((ours - bare) / parse)} (${milliseconds(ours - bare)}, JSON.parse ${milliseconds(parse)})`,
      met: ours - bare <= 2.5 * parse,
      measured: { bare, ours, parse },
    },
    {
      what,
      goal: "at most 1/10 of flagd-provider's",
      figure: `1/${(flagd / ours).toFixed(1)} (${milliseconds(ours)} against ${milliseconds(flagd)})`,
      met: ours <= flagd / 10,
      measured: { ours, flagd },
    },
  ];
}
