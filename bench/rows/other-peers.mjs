import { once } from 'node:events';
import { expect } from '../lib/expect.mjs';
import { FlagServer } from '../lib/flag-server.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { contexts, rules, ruleSetText } from '../lib/rules.mjs';
import { median } from '../lib/statistics.mjs';
import { load } from '../lib/subjects.mjs';
import { nanoseconds } from '../lib/text.mjs';

const countries = rules.find(({ name }) => name === 'list').flag.targeting.if[0].in[1];

/** Rules that every system can express, and their answers; a hash's answer is each system's own. */
const comparable = [
  { name: 'static', answer: () => true },
  { name: 'string match', answer: ({ plan }) => plan === 'plan-3' },
  { name: 'list', answer: ({ country }) => countries.includes(country) },
  { name: 'fractional, short' },
];

/** The flags of other systems, in memory, without a network. */
export const measurements = {
  async ours() {
    const server = await FlagServer.start({ text: ruleSetText() });
    const { provider, ready } = (await load('ours'))(server.port);
    await ready;
    const fallbacks = new Map(rules.map(({ name, fallback }) => [name, fallback]));
    return timeEach((name, context) => provider.evaluate(name, fallbacks.get(name), context).value);
  },

  async unleash() {
    const { InMemStorageProvider, Unleash } = await import('unleash-client');
    const unleash = new Unleash({
      appName: 'bench',
      url: 'http://127.0.0.1:9/api',
      refreshInterval: 0,
      disableMetrics: true,
      skipInstanceCountWarning: true,
      storageProvider: new InMemStorageProvider(),
      bootstrap: { data: unleashFeatures() },
    });
    unleash.on('error', () => undefined);
    await once(unleash, 'ready');
    const properties = ({ targetingKey, ...rest }) => ({ userId: targetingKey, properties: rest });
    return timeEach((name, context) => unleash.isEnabled(name, context), properties);
  },

  async launchDarkly() {
    const { init } = await import('@launchdarkly/node-server-sdk');
    const { TestData } = await import('@launchdarkly/node-server-sdk/integrations');
    const data = new TestData();
    for (const flag of launchDarklyFlags()) await data.usePreconfiguredFlag(flag);
    const silent = () => undefined;
    const client = init('bench', {
      updateProcessor: data.getFactory(),
      sendEvents: false,
      diagnosticOptOut: true,
      logger: { error: silent, warn: silent, info: silent, debug: silent },
    });
    await client.waitForInitialization({ timeout: 10 });
    const asUser = ({ targetingKey, ...rest }) => ({ kind: 'user', key: targetingKey, ...rest });
    return timeEachAwaited((name, context) => client.boolVariation(name, context, false), asUser);
  },
};

function unleashFeatures() {
  const feature = (name, strategy) => ({
    name,
    enabled: true,
    strategies: [{ name: 'default', parameters: {}, constraints: [], ...strategy }],
    variants: [],
  });
  const oneOf = (contextName, values) => ({ constraints: [{ contextName, operator: 'IN', values }] });
  return [
    feature('static', {}),
    feature('string match', oneOf('plan', ['plan-3'])),
    feature('list', oneOf('country', countries)),
    feature('fractional, short', {
      name: 'flexibleRollout',
      parameters: { rollout: '25', stickiness: 'userId', groupId: 'bench' },
    }),
  ];
}

function launchDarklyFlags() {
  const flag = (key, rules, fallthrough = { variation: rules.length > 0 ? 1 : 0 }) => ({
    key,
    version: 1,
    on: true,
    salt: 'bench',
    variations: [true, false],
    offVariation: 1,
    prerequisites: [],
    targets: [],
    rules,
    fallthrough,
  });
  const oneOf = (attribute, values) => [
    { id: attribute, variation: 0, clauses: [{ contextKind: 'user', attribute, op: 'in', values, negate: false }] },
  ];
  const weights = [25_000, 75_000].map((weight, variation) => ({ variation, weight }));
  return [
    flag('static', []),
    flag('string match', oneOf('plan', ['plan-3'])),
    flag('list', oneOf('country', countries)),
    flag('fractional, short', [], { rollout: { kind: 'rollout', contextKind: 'user', variations: weights } }),
  ];
}

const batches = 31;
const calls = 2_048;

/** @returns nanoseconds per evaluation, by rule */
async function timeEach(evaluate, adapt = (context) => context) {
  const users = contexts.map(adapt);
  const inTurn = (name) => {
    for (let i = 0; i < calls; i++) evaluate(name, users[i & 63]);
  };
  return measureEach(users, evaluate, inTurn);
}

/** The same for what answers with a promise. */
async function timeEachAwaited(evaluate, adapt) {
  const users = contexts.map(adapt);
  const inTurn = async (name) => {
    for (let i = 0; i < calls; i++) await evaluate(name, users[i & 63]);
  };
  return measureEach(users, evaluate, inTurn);
}

async function measureEach(users, evaluate, inTurn) {
  const measured = [];
  for (const { name, answer } of comparable) {
    const answers = await Promise.all(users.map((user) => evaluate(name, user)));
    if (answer) expect(answers, contexts.map(answer), `answers to "${name}"`);
    else expect(new Set(answers).size > 1, true, `whether "${name}" tells users apart`);
    const ns = [];
    for (let batch = -5; batch < batches; batch++) {
      const start = performance.now();
      await inTurn(name);
      if (batch >= 0) ns.push(((performance.now() - start) * 1e6) / calls);
    }
    measured.push(median(ns));
  }
  return measured;
}

export async function run({ rounds }) {
  const results = await byTurns(rounds(3), {
    ours: () => inFreshProcess('other-peers', 'ours'),
    unleash: () => inFreshProcess('other-peers', 'unleash'),
    launchDarkly: () => inFreshProcess('other-peers', 'launchDarkly'),
  });
  return comparable.map(({ name }, c) => {
    const [ours, unleash, launchDarkly] = [results.ours, results.unleash, results.launchDarkly].map((processes) =>
      median(processes.map((measured) => measured[c])),
    );
    return {
      what: `one evaluation beside other systems, ${name}`,
      goal: '',
      figure: `${nanoseconds(ours)}; unleash-client ${nanoseconds(unleash)}, LaunchDarkly (a promise) ${nanoseconds(launchDarkly)}`,
      measured: { ours, unleash, launchDarkly },
    };
  });
}
