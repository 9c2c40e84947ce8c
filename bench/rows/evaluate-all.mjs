import { OpenFeature } from '@openfeature/server-sdk';
import { expect } from '../lib/expect.mjs';
import { defaultValue, flagKey } from '../lib/flag-sets.mjs';
import { FlagServer } from '../lib/flag-server.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { median, medianOf } from '../lib/statistics.mjs';
import { load } from '../lib/subjects.mjs';
import { milliseconds, times } from '../lib/text.mjs';

const flagCount = 1_000;
const flags = Array.from({ length: flagCount }, (_, i) => i);
const context = {
  targetingKey: 'user-1',
  email: 'jane@partner.example.com',
  plan: 'enterprise',
  country: 'CH',
  city: 'Paris',
};

/** All flags for one user, at once or one after the other. */
export const measurements = {
  async allFlags({ repetitions }) {
    const server = await FlagServer.start({ flagCount });
    const { provider, ready } = (await load('ours'))(server.port);
    await ready;
    if (typeof provider.evaluateAll !== 'function') return { isMissing: true };
    await OpenFeature.setProviderAndWait(provider);
    const client = OpenFeature.getClient();
    const [atOnce, oneByOne] = [[], []];
    for (let i = 0; i < repetitions; i++) {
      const start = performance.now();
      const all = provider.evaluateAll(context);
      const half = performance.now();
      const values = [];
      for (const flag of flags) values.push(await ask(client, flag));
      atOnce.push(half - start);
      oneByOne.push(performance.now() - half);
      expect(
        flags.map((flag) => all[flagKey(flag)]?.value),
        values,
        'values of evaluateAll',
      );
    }
    return { atOnce: median(atOnce), oneByOne: median(oneByOne) };
  },
};

function ask(client, flag) {
  const value = defaultValue(flag, 0);
  switch (typeof value) {
    case 'boolean':
      return client.getBooleanValue(flagKey(flag), false, context);
    case 'number':
      return client.getNumberValue(flagKey(flag), 0, context);
    case 'string':
      return client.getStringValue(flagKey(flag), '', context);
    default:
      return client.getObjectValue(flagKey(flag), {}, context);
  }
}

export async function run({ rounds }) {
  const { processes } = await byTurns(rounds(3), {
    processes: () => inFreshProcess('evaluate-all', 'allFlags', { repetitions: 60 }),
  });
  const row = {
    what: '`evaluateAll` of 1,000 flags against 1,000 calls of the OpenFeature client',
    goal: 'at least 50 ×',
  };
  if (processes[0].isMissing) return [{ ...row, figure: 'the provider has no evaluateAll', met: false }];
  const [atOnce, oneByOne] = [medianOf(processes, 'atOnce'), medianOf(processes, 'oneByOne')];
  const figure = `${times(oneByOne / atOnce)} (${milliseconds(atOnce)} against ${milliseconds(oneByOne)})`;
  return [{ ...row, figure, met: oneByOne / atOnce >= 50, measured: { atOnce, oneByOne } }];
}
