import { OpenFeature } from '@openfeature/server-sdk';
import { expect } from '../lib/expect.mjs';
import { FlagServer } from '../lib/flag-server.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { contexts, rules, ruleSetText } from '../lib/rules.mjs';
import { median } from '../lib/statistics.mjs';
import { load } from '../lib/subjects.mjs';
import { digits, nanoseconds } from '../lib/text.mjs';

const { name: flagKey, byHand } = rules.find(({ name }) => name === 'string match');

/** The least that a provider can do: details that are as long as those of a flag, and always the same. */
class ConstantProvider {
  metadata = { name: 'constant' };
  runsOn = 'server';
  #answer = Promise.resolve(byHand(contexts[0]));

  resolveBooleanEvaluation() {
    return this.#answer;
  }
}

/** `client.getBooleanValue()`, with providers that differ. */
export const measurements = {
  /**
   * Nanoseconds per call, by provider, and as a multiple of what it was with a constant at the same time. There are two
   * constant ones, to know what chance does.
   */
  async perCall({ batches, calls }) {
    const server = await FlagServer.start({ text: ruleSetText() });
    const [ours, flagd] = [(await load('ours'))(server.port), (await load('flagd'))(server.port)];
    await Promise.all([ours.ready, flagd.ready]);
    const clients = {
      constant: await clientOf('constant', new ConstantProvider()),
      ours: await clientOf('ours', ours.provider),
      again: await clientOf('again', new ConstantProvider()),
      flagd: await clientOf('flagd', flagd.provider),
    };
    for (const context of contexts) {
      const { value } = byHand(context);
      expect(await clients.ours.getBooleanValue(flagKey, !value, context), value, 'our value');
      expect(await clients.flagd.getBooleanValue(flagKey, !value, context), value, "flagd-provider's value");
    }
    const perCall = await byTurns(
      batches,
      Object.fromEntries(Object.entries(clients).map(([name, client]) => [name, () => timeBatch(client, calls)])),
    );
    const warm = Object.entries(perCall).map(([name, ns]) => [name, ns.slice(batches / 4)]);
    const constant = warm.find(([name]) => name === 'constant')[1];
    return Object.fromEntries(
      warm.map(([name, ns]) => [name, { ns: median(ns), ratio: median(ns.map((one, i) => one / constant[i])) }]),
    );
  },
};

async function clientOf(domain, provider) {
  await OpenFeature.setProviderAndWait(domain, provider);
  return OpenFeature.getClient(domain);
}

async function timeBatch(client, calls) {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await client.getBooleanValue(flagKey, false, contexts[i & 63]);
  return ((performance.now() - start) * 1e6) / calls;
}

export async function run({ rounds }) {
  const { processes } = await byTurns(rounds(3), {
    processes: () => inFreshProcess('open-feature-client', 'perCall', { batches: 200, calls: 256 }),
  });
  const of = (name, figure) => median(processes.map((measured) => measured[name][figure]));
  const beyond = (name) => 100 * (of(name, 'ratio') - 1);
  return [
    {
      what: 'a call of the OpenFeature client, against one with a provider that returns a constant',
      goal: 'no measurable cost (within 5 %)',
      figure: `${digits(beyond('ours'))} % (${nanoseconds(of('ours', 'ns'))} against ${nanoseconds(of('constant', 'ns'))}; chance alone: ${digits(beyond('again'))} %)`,
      met: beyond('ours') <= 5,
      measured: {
        constant: of('constant', 'ns'),
        ours: of('ours', 'ns'),
        percent: beyond('ours'),
        chance: beyond('again'),
      },
    },
    {
      what: 'the same with flagd-provider',
      goal: '',
      figure: `${digits(beyond('flagd'))} % (${nanoseconds(of('flagd', 'ns'))})`,
      measured: { flagd: of('flagd', 'ns'), percent: beyond('flagd') },
    },
  ];
}
