import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { resolve } from '../../src/evaluation/resolve';
import { apply } from '../../src/flags/apply';
import { FlagSnapshot } from '../../src/flags/snapshot';
import { Targeting } from '../../src/targeting/targeting';
import { manyEvaluations, run } from './run';

/** A flag set with one good flag, and another one whose targeting is this text. */
function snapshotWith(targeting: string, evaluators = '{}') {
  const flag = '"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"';
  const hostile = `{${flag}, "targeting": ${targeting}}`;
  const good = `{${flag}, "targeting": {"if": [{"==": [{"var": "plan"}, "pro"]}, "on"]}}`;
  const text = `{"flags": {"hostile": ${hostile}, "good": ${good}}, "$evaluators": ${evaluators}}`;
  return apply(FlagSnapshot.empty, { type: 'ALL', flagSet: new TextEncoder().encode(text) }).snapshot;
}

function answer(snapshot: FlagSnapshot, flagKey: string, context: EvaluationContext = { plan: 'pro' }) {
  return resolve(snapshot, flagKey, 'boolean', false, context, () => undefined);
}

describe('hostile rules', () => {
  const deep = 20_000;
  const deepTexts: Record<string, string> = {
    operators: `${'{"!":['.repeat(deep)}1${']}'.repeat(deep)}`,
    'operators without lists': `${'{"!":'.repeat(deep)}1${'}'.repeat(deep)}`,
    'ways to go on': `${'{"if":[false,1,'.repeat(deep)}1${']}'.repeat(deep)}`,
    scopes: `${'{"map":[[1],'.repeat(deep)}1${']}'.repeat(deep)}`,
    lists: `{"in":[1,${'['.repeat(deep)}${']'.repeat(deep)}]}`,
    data: `{"in":[1,${'{"b":1,"a":'.repeat(deep)}1${'}'.repeat(deep)}]}`,
    'unknown operators': `${'{"nope":'.repeat(deep)}1${'}'.repeat(deep)}`,
  };
  for (const [what, text] of Object.entries(deepTexts)) {
    it(`of 20,000 ${what} in each other are refused, and harm nobody else`, () => {
      const snapshot = snapshotWith(text);
      expect(answer(snapshot, 'hostile')).to.include({ value: false, reason: 'ERROR', errorCode: 'PARSE_ERROR' });
      expect(answer(snapshot, 'good')).to.include({ value: true, variant: 'on', reason: 'TARGETING_MATCH' });
    });
  }

  it('in an evaluator are refused where it is used, and harm nobody else', () => {
    const snapshot = snapshotWith('{"$ref": "deep"}', `{"deep": ${deepTexts.operators}}`);
    expect(answer(snapshot, 'hostile')).to.include({ errorCode: 'PARSE_ERROR' });
    expect(answer(snapshot, 'good')).to.include({ variant: 'on' });
  });

  it('of 5 MB are evaluated, and harm nobody else', function () {
    this.timeout(30_000);
    const count = 300_000;
    const texts = Array.from({ length: count }, (_, index) => `"user-${index}"`).join();
    const branches = Array.from({ length: 100_000 }, (_, index) => `{"==":[{"var":"id"},${index}]},"on"`).join();
    const terms = Array.from({ length: 200_000 }, () => '{"var":"id"}').join();
    const long: [string, EvaluationContext, string, number][] = [
      [`{"if":[{"in":[{"var":"id"},[${texts}]]},"on","off"]}`, { id: `user-${count - 1}` }, 'on', manyEvaluations],
      [`{"if":[{"in":[{"var":"id"},[${texts}]]},"on","off"]}`, { id: 'user-x' }, 'off', 1],
      [`{"if":[${branches},"off"]}`, { id: 99_999 }, 'on', 1],
      [`{"if":[{"in":["11",{"cat":[${texts},${terms}]}]},"on","off"]}`, { id: '1' }, 'on', 1],
      [`{"if":[{"max":[${terms}]},"on","off"]}`, { id: 1 }, 'on', 1],
      [`{"if":[{"and":[${terms}]},"on","off"]}`, { id: 1 }, 'on', 1],
      [`{"if":[{"merge":[[${texts}],[${terms}]]},"on","off"]}`, { id: 1 }, 'on', 1],
    ];
    for (const [rule, context, variant, evaluations] of long) {
      const snapshot = snapshotWith(rule);
      for (let i = 0; i < evaluations; i++) expect(answer(snapshot, 'hostile', context)).to.include({ variant });
      expect(answer(snapshot, 'good')).to.include({ variant: 'on' });
    }
  });

  for (const text of [
    '{"__proto__": [1]}',
    '{"__proto__": {"polluted": true}}',
    '{"if": [{"__proto__": []}, "on"]}',
    '{"constructor": [1]}',
    '{"$ref": "__proto__"}',
    '{"$ref": "constructor"}',
    '{"__proto__": {"polluted": true}, "if": [true, "on"]}',
    '{"constructor": {"prototype": {"polluted": true}}, "b": 1}',
  ]) {
    it(`such as ${text} are refused`, () => {
      const snapshot = snapshotWith(text);
      for (let i = 0; i < manyEvaluations; i++) {
        expect(answer(snapshot, 'hostile')).to.include({ errorCode: 'PARSE_ERROR' });
      }
      expect(answer(snapshot, 'good')).to.include({ variant: 'on' });
      expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
    });
  }

  for (const [text, variant] of [
    ['{"if": [{"var": "__proto__"}, "on"]}', 'off'],
    ['{"if": [{"var": "__proto__.polluted"}, "on"]}', 'off'],
    ['{"if": [{"var": ["constructor.prototype", "default"]}, "on"]}', 'on'],
    ['{"if": [{"missing": ["__proto__", "constructor"]}, "on"]}', 'on'],
    ['{"if": [{"map": [[{"__proto__": {"a": 1}, "b": 2}], {"var": "__proto__.a"}]}, "on"]}', 'on'],
    ['{"if": [{"==": [{"map": [[{"__proto__": {"a": 1}, "b": 2}], {"var": "a"}]}, ""]}, "on"]}', 'on'],
    ['{"if": [{"merge": {"$ref": "__proto__"}}, "on"]}', 'on'],
    ['{"if": [{"reduce": [[1], {"var": "__proto__"}, {"var": "constructor"}]}, "on"]}', 'off'],
    ['{"if": [{"in": ["polluted", {"__proto__": "polluted", "toString": "polluted"}]}, "on"]}', 'off'],
    ['{"fractional": [{"var": "constructor.name"}, ["on", {"var": "__proto__"}]]}', 'off'],
  ] as const) {
    it(`such as ${text} pollute nothing and inherit nothing`, () => {
      const snapshot = snapshotWith(text, '{"__proto__": {"if": [true, "on"]}}');
      for (let i = 0; i < manyEvaluations; i++) expect(answer(snapshot, 'hostile')).to.include({ variant });
      expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
      expect(Object.keys(Object.prototype)).to.deep.equal([]);
    });
  }
});

describe('hostile contexts', () => {
  const thrower = () => {
    throw new Error('boo');
  };
  const revoked = (target: object) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const allTraps = new Proxy({}, { get: () => thrower }) as ProxyHandler<object>;
  const cyclic: unknown[] = ['a'];
  cyclic.push(cyclic);
  const cyclicObject: Record<string, unknown> = { a: 'a' };
  cyclicObject.self = cyclicObject;
  let abyss: unknown = 'bottom';
  for (let i = 0; i < 50_000; i++) abyss = [abyss];
  const bottomless: unknown = new Proxy([], { get: (_, name) => (name === 'length' ? 2 : bottomless) });

  const values: Record<string, unknown> = {
    'a revoked proxy': revoked({}),
    'a revoked proxy of a list': revoked([]),
    'a proxy that throws': new Proxy({}, allTraps),
    'a proxy of a list that throws': new Proxy([], allTraps),
    'a list that contains itself': cyclic,
    'an object that contains itself': cyclicObject,
    'a list 50,000 deep': abyss,
    'a list without an end': bottomless,
    'an object that cannot be a string': { toString: thrower, valueOf: thrower, [Symbol.toPrimitive]: thrower },
    'an object with a getter that throws': Object.defineProperty({}, 'a', { get: thrower, enumerable: true }),
    'a list with a getter that throws': Object.defineProperty([1, 2], 0, { get: thrower, enumerable: true }),
    'a date that throws': Object.assign(new Date(0), { toISOString: thrower, getTime: thrower, toJSON: thrower }),
    'a forged date': Object.create(Date.prototype) as unknown,
    'a function': thrower,
    'a symbol': Symbol('s'),
    'a bigint': 10n ** 400n,
    'boxed values': [Object(1), Object('a'), Object(Symbol('s')), Object(1n)],
    'a sparse list': Object.assign(Array<unknown>(1000), { 999: 'a' }),
    'a list of another kind': new (class extends Array<unknown> {
      override map = thrower;
      override filter = thrower;
      override includes = thrower;
    })(),
    'a map': new Map([['a', 1]]),
    bytes: Buffer.from('abc'),
  };

  const x: JsonValue = { var: 'x' };
  const rules: readonly JsonValue[] = [
    x,
    { var: 'x.a' },
    { var: 'x.0.0' },
    { var: [{ cat: ['x', '.a'] }] },
    { '==': [x, 'a'] },
    { '==': [x, x] },
    { '===': [x, 1] },
    { '<': [x, 5] },
    { '<': [1, x, 5] },
    { '+': [x, 1] },
    { '*': [x, x] },
    { '-': [x] },
    { max: [x, 1] },
    { cat: ['a', x] },
    { substr: [x, x, x] },
    { in: ['a', x] },
    { in: [x, 'abc'] },
    { in: [x, ['a', 'b']] },
    { map: [x, { cat: [{ var: '' }, { var: 'a' }] }] },
    { filter: [x, { var: '' }] },
    { reduce: [x, { cat: [{ var: 'accumulator' }, { var: 'current' }] }, x] },
    { all: [x, { '>': [{ var: '' }, 0] }] },
    { some: [x, { in: ['a', { var: '' }] }] },
    { merge: [x, x] },
    { missing: [x, 'x.a'] },
    { missing_some: [x, x] },
    { if: [x, 'on', 'off'] },
    { log: x },
    { fractional: [x, ['on', 1]] },
    { fractional: [['on', x], x] },
    { sem_ver: [x, '=', x] },
    { starts_with: [x, 'a'] },
    { cat: [{ var: '' }, { var: '$flagd' }] },
  ];

  const targetings = rules.map((rule) => new Targeting(rule, 'flag', new Map()));
  const silent = () => undefined;

  before(() => {
    // until they are compiled
    for (const targeting of targetings) {
      for (let i = 0; i < manyEvaluations; i++) targeting.evaluate({}, {}, silent);
    }
  });

  function expectNothingThrown(context: EvaluationContext, syncContext: EvaluationContext) {
    for (const compiled of targetings) {
      const interpreted = new Targeting(compiled.rule, 'flag', new Map());
      for (const targeting of [compiled, interpreted]) {
        expect(() => targeting.evaluate(context, syncContext, silent), JSON.stringify(compiled.rule)).not.to.throw();
      }
    }
  }

  for (const [what, value] of Object.entries(values)) {
    it(`with ${what} as an attribute throw nothing`, () => {
      const context = { x: value, good: 'good' } as unknown as EvaluationContext;
      expectNothingThrown(context, {});
      expectNothingThrown({}, context);
    });

    it(`that are ${what} throw nothing`, () => {
      expectNothingThrown(value as EvaluationContext, {});
    });
  }

  it('have what of them can be read', () => {
    const context = Object.defineProperty({ plan: 'pro', list: [1, revoked({}), 'a'] }, 'x', {
      get: thrower,
      enumerable: true,
    });
    const evaluate = (rule: JsonValue) => run(rule, context as unknown as EvaluationContext);
    expect(evaluate({ var: ['x', 'fallback'] })).to.equal(null);
    expect(evaluate({ cat: [x, { var: 'plan' }] })).to.equal('pro');
    expect(evaluate({ cat: [{ var: '' }, { var: 'plan' }] })).to.equal('[object Object]pro');
    expect(evaluate({ in: ['a', { var: 'list' }] })).to.equal(true);
    expect(evaluate({ map: [{ var: 'list' }, { var: '' }] })).to.deep.equal([1, null, 'a']);
  });
});
