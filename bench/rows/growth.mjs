import { FlagSet } from '../lib/flag-sets.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { medianOf, medianTime } from '../lib/statistics.mjs';
import { milliseconds } from '../lib/text.mjs';

/** How the cost of a whole-set push grows with the number of flags that did not change. */
export const measurements = {
  /** What parsing a message takes, and what copying it and comparing it with an equal one takes. */
  limits({ flagCount }) {
    const text = new FlagSet(flagCount).text();
    const message = Buffer.from(text);
    return {
      parseMs: medianTime(7, () => JSON.parse(text)),
      compareAndCopyMs: medianTime(7, () => Buffer.from(message).equals(message)),
    };
  },
};

const sizes = { few: 1_000, many: 50_000 };

export async function run({ rounds }) {
  const block = (subject, flagCount) => () =>
    inFreshProcess('push', 'longestBlock', { subject, flagCount, pushes: 7, warmUp: 3 });
  const limits = (flagCount) => () => inFreshProcess('growth', 'limits', { flagCount });
  const results = await byTurns(rounds(3), {
    bareFew: block('bare', sizes.few),
    oursFew: block('ours', sizes.few),
    limitsFew: limits(sizes.few),
    bareMany: block('bare', sizes.many),
    oursMany: block('ours', sizes.many),
    limitsMany: limits(sizes.many),
  });
  const beyondBare = (size) =>
    medianOf(results[`ours${size}`], 'medianMs') - medianOf(results[`bare${size}`], 'medianMs');
  const growthOf = (limit) => medianOf(results.limitsMany, limit) - medianOf(results.limitsFew, limit);
  const [few, many] = [beyondBare('Few'), beyondBare('Many')];
  const [parse, compareAndCopy] = [growthOf('parseMs'), growthOf('compareAndCopyMs')];
  return [
    {
      what: 'the same, growth from 1,000 to 50,000 flags (17.5 MB), beyond a bare client',
      goal: `as comparing and copying (${milliseconds(compareAndCopy)}) grow, not as parsing: at most 1/10 of JSON.parse`,
      figure: `${milliseconds(few)} to ${milliseconds(many)}; JSON.parse grows by ${milliseconds(parse)}`,
      met: many - few <= parse / 10,
      measured: { few, many, parse, compareAndCopy },
    },
  ];
}
