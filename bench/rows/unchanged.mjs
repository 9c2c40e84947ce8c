import { FlagSet } from '../lib/flag-sets.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { median, medianOf, medianTime } from '../lib/statistics.mjs';
import { milliseconds, times } from '../lib/text.mjs';

const flagCount = 8_000;
const ways = ['reordered', 'reformatted', 're-serialised'];

/** The server writes the same flags otherwise. */
export const measurements = {
  /** Milliseconds of computing for such a message; fails if a flag is reported as changed, or the next change is not seen. */
  async computing({ subject, how, pushes, waitMs }) {
    const client = await Pushes.open({ subject, flagCount });
    const computing = [];
    for (let i = -1; i < pushes; i++) {
      await client.toggle(someFlag(i, flagCount));
      const ms = await client.rewrite(how, waitMs);
      if (i >= 0) computing.push(ms);
    }
    await client.toggle(someFlag(pushes, flagCount));
    return { medianMs: median(computing) };
  },

  parse({ how }) {
    const text = new FlagSet(flagCount).rewritten(how);
    return { medianMs: medianTime(7, () => JSON.parse(text)) };
  },
};

export async function run({ rounds }) {
  const rows = [];
  for (const how of ways) {
    const computing = (subject) => () =>
      inFreshProcess('unchanged', 'computing', { subject, how, pushes: 3, waitMs: 700 });
    const results = await byTurns(rounds(3), {
      bare: computing('bare'),
      ours: computing('ours'),
      parse: () => inFreshProcess('unchanged', 'parse', { how }),
    });
    const [bare, ours, parse] = [results.bare, results.ours, results.parse].map((one) => medianOf(one, 'medianMs'));
    rows.push({
      what: `8,000 flags ${how} by the server without a change: computing beyond a bare client`,
      goal: 'no flag reported as changed, at most 2 × JSON.parse of the message',
      figure: `none reported; ${times((ours - bare) / parse)} (${milliseconds(ours - bare)}, JSON.parse ${milliseconds(parse)})`,
      met: ours - bare <= 2 * parse,
      measured: { bare, ours, parse },
    });
  }
  return rows;
}
