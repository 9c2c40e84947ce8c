import { expect } from '../lib/expect.mjs';
import { FlagServer } from '../lib/flag-server.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { contexts, rules, ruleSetText } from '../lib/rules.mjs';
import { geometricMean, median } from '../lib/statistics.mjs';
import { load } from '../lib/subjects.mjs';
import { nanoseconds, times } from '../lib/text.mjs';

/** Short ones, so that few of them are interrupted by other processes. */
const batchMs = 3;
const warmUpMs = 40;

const silentLogger = { error() {}, warn() {}, info() {}, debug() {} };

/** One evaluation: ours, FlagdCore's, and a function written by hand, after all three gave the same for every context. */
export const measurements = {
  /** Nanoseconds per evaluation, by rule and by subject. */
  async perRule({ batches }) {
    const evaluators = await allEvaluators();
    for (const rule of rules) expectSameAnswers(rule, evaluators);
    const batchSizes = new Map();
    const measured = rules.map(({ name }) => ({ name, ours: [], core: [], byHand: [] }));
    for (let batch = -1; batch < batches; batch++) {
      for (const [r, { name, fallback }] of rules.entries()) {
        for (const [subject, evaluate] of Object.entries(evaluators)) {
          const id = `${name}/${subject}`;
          if (batch < 0) batchSizes.set(id, warmUp(evaluate, name, fallback));
          else measured[r][subject].push(timeBatch(evaluate, name, fallback, batchSizes.get(id)));
        }
      }
    }
    return measured.map(({ name, ...subjects }) => ({
      name,
      ...Object.fromEntries(Object.entries(subjects).map(([subject, ns]) => [subject, median(ns)])),
    }));
  },
};

/** Functions of flag key, default value and context that return resolution details. */
async function allEvaluators() {
  const text = ruleSetText();
  const server = await FlagServer.start({ text });
  const { provider, ready } = (await load('ours'))(server.port);
  await ready;
  const { FlagdCore } = await import('@openfeature/flagd-core');
  const core = new FlagdCore(undefined, silentLogger);
  core.setConfigurations(text);
  const byHand = new Map(rules.map((rule) => [rule.name, rule.byHand]));
  return {
    ours: (flagKey, fallback, context) => provider.evaluate(flagKey, fallback, context),
    core: (flagKey, fallback, context) => core.resolve(typeof fallback, flagKey, fallback, context, silentLogger),
    byHand: (flagKey, fallback, context) => byHand.get(flagKey)(context, fallback),
  };
}

function expectSameAnswers({ name, fallback }, evaluators) {
  for (const context of contexts) {
    // everyone words errors in a way of their own
    const expected = { ...evaluators.byHand(name, fallback, context), errorMessage: undefined };
    for (const [subject, evaluate] of Object.entries(evaluators)) {
      const { errorMessage, ...rest } = evaluate(name, fallback, context);
      const details = { ...rest, errorMessage: undefined };
      expect(details, expected, `${subject}'s answer to "${name}" (${errorMessage ?? 'no error'})`);
    }
  }
}

/** Where each result goes, so that none can be left out as unused. */
const sink = { details: undefined };

/** @returns how many evaluations fill a batch */
function warmUp(evaluate, flagKey, fallback) {
  let count = 0;
  const start = performance.now();
  while (performance.now() - start < warmUpMs) {
    timeBatch(evaluate, flagKey, fallback, 64);
    count += 64;
  }
  return Math.ceil((count * batchMs) / warmUpMs);
}

/** @returns nanoseconds per evaluation */
function timeBatch(evaluate, flagKey, fallback, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) sink.details = evaluate(flagKey, fallback, contexts[i & 63]);
  return ((performance.now() - start) * 1e6) / count;
}

export async function run({ rounds }) {
  const { processes } = await byTurns(rounds(3), {
    processes: () => inFreshProcess('evaluate', 'perRule', { batches: 31 }),
  });
  const measured = rules.map(({ name }, r) => {
    const [ours, core, byHand] = ['ours', 'core', 'byHand'].map((subject) =>
      median(processes.map((perRule) => perRule[r][subject])),
    );
    return { name, ours, core, byHand, faster: core / ours, slowdown: ours / byHand };
  });
  const mean = geometricMean(measured.map(({ faster }) => faster));
  const least = measured.reduce((a, b) => (a.faster < b.faster ? a : b));
  const worst = measured.reduce((a, b) => (a.slowdown > b.slowdown ? a : b));
  const over = measured.filter(({ slowdown }) => slowdown > 3).map(({ name }) => name);
  return [
    {
      what: '`provider.evaluate` against `FlagdCore.resolve`, eleven rules',
      goal: 'at least 3 × as fast in the geometric mean',
      figure: times(mean),
      met: mean >= 3,
      measured,
    },
    {
      what: 'the same, rule by rule',
      goal: 'never slower',
      figure: `${times(least.faster)} for "${least.name}", the least`,
      met: least.faster >= 1,
    },
    {
      what: '`provider.evaluate` against functions written by hand, rule by rule',
      goal: 'at most 3 × their time',
      figure: `${times(worst.slowdown)} for "${worst.name}", the most${over.length > 1 ? `; over: ${over.join(', ')}` : ''}`,
      met: worst.slowdown <= 3,
    },
    ...measured.map(({ name, ours, core, byHand }) => ({
      what: `one evaluation, ${name}`,
      goal: '',
      figure: `${nanoseconds(ours)}; FlagdCore ${nanoseconds(core)}, by hand ${nanoseconds(byHand)}`,
    })),
  ];
}
