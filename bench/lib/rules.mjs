import { murmurHash } from './murmur-hash.mjs';

/**
 * The rules that are compared, each as a flag and as a function written by hand: what a careful person would write who
 * has only this rule to serve, giving the same details.
 */
const metadata = { owner: 'checkout@example.com', ticket: 'FLAG-10042' };
const onOff = { on: true, off: false };
const euCountries = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ');
const isEu = new Set(euCountries);
const split = { a: 'blue', b: 'green', c: 'red' };

const on = () => matched('on', true);
const off = () => matched('off', false);

function matched(variant, value) {
  return { value, variant, reason: 'TARGETING_MATCH', flagMetadata: metadata };
}

function flag(variants, defaultVariant, targeting) {
  return { state: 'ENABLED', variants, defaultVariant, metadata, ...(targeting && { targeting }) };
}

function bucket(text) {
  const bucketed = Math.floor((murmurHash(text) * 100) / 2 ** 32);
  if (bucketed < 25) return matched('a', split.a);
  return bucketed < 60 ? matched('b', split.b) : matched('c', split.c);
}

const buckets = [
  ['a', 25],
  ['b', 35],
  ['c', 40],
];

const version = /^[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Of at least 2.4.1. */
function isRecent(text) {
  const parts = version.exec(text);
  if (parts === null) return false;
  const [major, minor, patch] = [Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 0)];
  if (major !== 2) return major > 2;
  if (minor !== 4) return minor > 4;
  return patch !== 1 ? patch > 1 : parts[4] === undefined;
}

const steps = Array.from({ length: 20 }, (_, i) => ({ plan: `plan-${i}`, country: euCountries[i], variant: `v${i}` }));
const stepVariants = Object.fromEntries(steps.map(({ variant }) => [variant, `value of ${variant}`]));

/** Twenty conditions, one after the other. */
function stepOf(context) {
  for (const { plan, country, variant } of steps) {
    if (context.plan === plan && context.country === country) return matched(variant, stepVariants[variant]);
  }
  return { value: stepVariants.v0, variant: 'v0', reason: 'DEFAULT', flagMetadata: metadata };
}

/** `fallback` tells the type asked for. */
export const rules = [
  {
    name: 'static',
    fallback: false,
    flag: flag(onOff, 'on'),
    byHand: () => ({ value: true, variant: 'on', reason: 'STATIC', flagMetadata: metadata }),
  },
  {
    name: 'string match',
    fallback: false,
    flag: flag(onOff, 'off', { if: [{ '==': [{ var: 'plan' }, 'plan-3'] }, 'on', 'off'] }),
    byHand: (context) => (context.plan === 'plan-3' ? on() : off()),
  },
  {
    name: 'list',
    fallback: false,
    flag: flag(onOff, 'off', { if: [{ in: [{ var: 'country' }, euCountries] }, 'on', 'off'] }),
    byHand: (context) => (isEu.has(context.country) ? on() : off()),
  },
  {
    name: 'nested path',
    fallback: false,
    flag: flag(onOff, 'off', { if: [{ '==': [{ var: 'user.address.city' }, 'Zürich'] }, 'on', 'off'] }),
    byHand: (context) => (context.user?.address?.city === 'Zürich' ? on() : off()),
  },
  {
    name: 'fractional, long',
    fallback: '',
    flag: flag(split, 'a', { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'email' }] }, ...buckets] }),
    byHand: (context) => bucket(`fractional, long${context.email ?? ''}`),
  },
  {
    name: 'fractional, short',
    fallback: '',
    flag: flag(split, 'a', { fractional: buckets }),
    byHand: (context) => bucket(`fractional, short${context.targetingKey}`),
  },
  {
    name: 'sem_ver',
    fallback: false,
    flag: flag(onOff, 'off', { if: [{ sem_ver: [{ var: 'version' }, '>=', '2.4.1'] }, 'on', 'off'] }),
    byHand: (context) => (isRecent(context.version) ? on() : off()),
  },
  {
    name: '20 rules',
    fallback: '',
    flag: flag(stepVariants, 'v0', {
      if: steps.flatMap(({ plan, country, variant }) => [
        { and: [{ '==': [{ var: 'plan' }, plan] }, { '==': [{ var: 'country' }, country] }] },
        variant,
      ]),
    }),
    byHand: stepOf,
  },
  {
    name: 'timestamp',
    fallback: false,
    flag: flag(onOff, 'off', { if: [{ '>=': [{ var: '$flagd.timestamp' }, 1_750_000_000] }, 'on', 'off'] }),
    byHand: () => (Math.floor(Date.now() / 1000) >= 1_750_000_000 ? on() : off()),
  },
  {
    name: 'arithmetic',
    fallback: false,
    flag: flag(onOff, 'off', {
      if: [{ '>': [{ '%': [{ '+': [{ var: 'age' }, { '*': [{ var: 'visits' }, 3] }] }, 10] }, 4] }, 'on', 'off'],
    }),
    byHand: (context) => ((context.age + context.visits * 3) % 10 > 4 ? on() : off()),
  },
  {
    name: 'unknown flag',
    fallback: false,
    byHand: (context, fallback) => ({
      value: fallback,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
      errorMessage: 'There is no flag "unknown flag".',
      flagMetadata: {},
    }),
  },
];

/** All rules as a flag set, in JSON. */
export function ruleSetText() {
  return JSON.stringify({
    flags: Object.fromEntries(rules.filter(({ flag }) => flag).map((rule) => [rule.name, rule.flag])),
  });
}

/** Users of all sorts: some match, some do not. Rules compare the plan and the country to the same index. */
export const contexts = Array.from({ length: 64 }, (_, i) => ({
  targetingKey: `user-${10_000 + 37 * i}`,
  email: `person.${i}@company-${i % 7}.example.com`,
  plan: `plan-${i % 24}`,
  country: i % 3 === 0 ? 'CH' : euCountries[i % 24],
  version: `${1 + (i % 3)}.${i % 6}.${i % 4}${i % 11 === 0 ? '-beta.1' : ''}`,
  age: 18 + i,
  visits: i % 13,
  user: { id: i, address: { city: ['Zürich', 'London', 'Kraków'][i % 3], street: 'Main Street' } },
}));
