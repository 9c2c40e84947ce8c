import { FlagSet } from '../lib/flag-sets.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { Pushes, someFlag } from '../lib/pushes.mjs';
import { median, medianTime } from '../lib/statistics.mjs';
import { milliseconds, times } from '../lib/text.mjs';

const flagCount = 8_000;
const ways = ['reordered', 'reformatted', 're-serialised'];

/** The server writes the same flags otherwise. */
export const measurements = {
  /** Milliseconds of work for such a message, by the way it is written. */
  async work({ subject, pushes, warmUp }) {
    const client = await Pushes.open({ subject, flagCount });
    const work = Object.fromEntries(ways.map((how) => [how, []]));
    for (let i = -warmUp; i < pushes; i++) {
      for (const how of ways) {
        const workMs = await client.rewrite(how, someFlag(i, flagCount));
        if (i >= 0) work[how].push(workMs);
        // back to the usual writing, with another change
        await client.toggle(someFlag(i + 1, flagCount));
      }
    }
    return mapValues(work, median);
  },

  parse() {
    const flagSet = new FlagSet(flagCount);
    const texts = Object.fromEntries(ways.map((how) => [how, flagSet.rewritten(how)]));
    return mapValues(texts, (text) => medianTime(7, () => JSON.parse(text)));
  },
};

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

export async function run({ rounds }) {
  const work = (subject) => () => inFreshProcess('unchanged', 'work', { subject, pushes: 3, warmUp: 3 });
  const results = await byTurns(rounds(5), {
    bare: work('bare'),
    ours: work('ours'),
    parse: () => inFreshProcess('unchanged', 'parse'),
  });
  return ways.map((how) => {
    const { bare, ours, parse } = mapValues(results, (processes) => median(processes.map((of) => of[how])));
    const beyondBare = ours - bare;
    return {
      what: `8,000 flags ${how} by the server without a change: work beyond a bare client`,
      goal: 'no flag reported as changed, at most 2 × JSON.parse of the message',
      figure: `none reported; ${times(beyondBare / parse)} (${milliseconds(beyondBare)}, JSON.parse ${milliseconds(parse)})`,
      met: beyondBare <= 2 * parse,
      measured: { bare, ours, parse },
    };
  });
}
