import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import fc from 'fast-check';
import { position } from '../../src/targeting/operators/buckets';
import { murmurHash } from '../../src/targeting/operators/murmur-hash';
import { Targeting } from '../../src/targeting/targeting';
import { run } from './run';

/** MurmurHash3 x86 32-bit as published, over the bytes that Node makes of the text. */
function referenceHash(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
  const scramble = (block: number) => Math.imul(rotate(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let i = 0; i < whole; i += 4) {
    hash = (Math.imul(rotate(hash ^ scramble(bytes.readInt32LE(i)), 13), 5) + 0xe6546b64) | 0;
  }
  const tail = Buffer.alloc(4);
  bytes.copy(tail, 0, whole);
  hash ^= scramble(tail.readInt32LE(0)) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

describe('murmurHash', () => {
  for (const [text, hash] of [
    ['ejOoVL', 0],
    ['bY9fO-', 1],
    ['SI7p-', 2147483647],
    ['6LvT0', 2147483648],
    ['ceQdGm', 4294967295],
    ['jon@company.com', 1557731397],
    ['jürgen@example.com', 3789563932],
    ['日本', 3302619458],
    ['😀user', 2737526201],
    ['', 0],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${hash}`, () => {
      expect(murmurHash(text)).to.equal(hash);
      expect(referenceHash(text)).to.equal(hash);
    });
  }

  it('is that of the UTF-8 bytes, whatever the text', () => {
    const unit = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
    const halves = fc.constantFrom('\ud83d', '\ude00', '\u0000', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff');
    const text = fc.array(fc.oneof(unit, halves), { maxLength: 6 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (value) => murmurHash(value) === referenceHash(value)),
      { numRuns: 300 },
    );
  });
});

describe('position', () => {
  it('is (hash × total) >> 32 in exact integers', () => {
    const hash = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff));
    const total = fc.oneof(fc.integer({ min: 1, max: 2147483647 }), fc.constantFrom(1, 2, 65535, 65536, 2147483647));
    fc.assert(
      fc.property(hash, total, (h, t) => position(h, t) === Number((BigInt(h) * BigInt(t)) >> 32n)),
      { numRuns: 20_000 },
    );
  });
});

describe('fractional', () => {
  const half: JsonValue[] = [
    ['a', 50],
    ['b', 50],
  ];
  /** Whole bucketing values of the smallest and the largest hash. */
  const [lowest, highest] = ['ejOoVL', 'ceQdGm'];

  it('puts the lowest hash into the first bucket, and the highest into the last', () => {
    expect(run({ fractional: [lowest, ...half] })).to.equal('a');
    expect(run({ fractional: [highest, ...half] })).to.equal('b');
    expect(run({ fractional: [{ var: 'key' }, ...half] }, { key: 'SI7p-' })).to.equal('a');
    expect(run({ fractional: [{ var: 'key' }, ...half] }, { key: '6LvT0' })).to.equal('b');
  });

  it('takes the empty string for a bucketing value', () => {
    expect(run({ fractional: ['', ...half] })).to.equal('a');
    expect(run({ fractional: [{ var: 'key' }, ...half] }, { key: '', targetingKey: highest })).to.equal('a');
  });

  it('takes flag key and targeting key where no bucketing value is given, or a missing one', () => {
    const context = { targetingKey: 'dGm' };
    for (const rule of [half, [null, ...half], [{ var: 'none' }, ...half], [{ var: 'first' }, ...half.slice(1)]]) {
      const all = { ...context, first: ['a', 50] };
      expect(run({ fractional: rule }, all, { flagKey: 'ceQ' })).to.equal('b');
      expect(run({ fractional: rule }, { ...all, targetingKey: 'oVL' }, { flagKey: 'ejO' })).to.equal('a');
    }
  });

  for (const targetingKey of [undefined, null, '', 5, true, {}, ['jo']]) {
    it(`gives null without a bucketing value where the targeting key is ${JSON.stringify(targetingKey)}`, () => {
      expect(run({ fractional: half }, { targetingKey } as EvaluationContext)).to.equal(null);
      expect(run({ fractional: [{ var: 'none' }, ...half] }, { targetingKey } as EvaluationContext)).to.equal(null);
    });
  }

  for (const first of [5, 0, true, false, { a: 1, b: 2 }] as JsonValue[]) {
    it(`gives null where the first argument is ${JSON.stringify(first)}`, () => {
      const context = { targetingKey: 'jo', first };
      expect(run({ fractional: [first, ...half] }, context)).to.equal(null);
      expect(run({ fractional: [{ var: 'first' }, ...half] }, context)).to.equal(null);
    });
  }

  it('counts a missing weight as 1, and a negative one as 0', () => {
    expect(run({ fractional: [lowest, ['a'], ['b']] })).to.equal('a');
    expect(run({ fractional: [highest, ['a'], ['b']] })).to.equal('b');
    expect(run({ fractional: [lowest, ['a', -100], ['b', 1]] })).to.equal('b');
    expect(run({ fractional: [highest, ['a', 1], ['b', -1]] })).to.equal('a');
  });

  it('counts to 2147483647 and no further', () => {
    expect(run({ fractional: [highest, ['a', 2147483646], ['b', 1]] })).to.equal('b');
    expect(run({ fractional: [highest, ['a', 2147483647], ['b', 1]] })).to.equal(null);
  });

  for (const buckets of [
    [['a', 1.5]],
    [['a', '50']],
    [['a', null]],
    [['a', true]],
    [[]],
    ['a'],
    [{}],
    [['a', 50], 5],
    [['a', 50, 1]],
    [[['a'], 50]],
    [[{}, 50]],
    [['a', 0]],
    [],
    [
      ['a', 0],
      ['b', -3],
    ],
  ] as JsonValue[][]) {
    it(`gives null, and says why, for the buckets ${JSON.stringify(buckets)}`, () => {
      const log: string[] = [];
      expect(run({ fractional: [lowest, ...buckets] }, {}, { log })).to.equal(null);
      expect(log.join()).to.contain('fractional gives null');
    });
  }

  it('gives null without arguments, and for one that is no list', () => {
    expect(run({ fractional: [] }, { targetingKey: 'jo' })).to.equal(null);
    expect(run({ fractional: 'key' }, { targetingKey: 'jo' })).to.equal(null);
  });

  it('has variants that are strings, booleans, numbers or null', () => {
    for (const variant of ['a', true, false, 0, 7, null, '']) {
      expect(run({ fractional: [lowest, [variant, 1]] })).to.equal(variant);
    }
  });

  it('has variants and weights that are rules', () => {
    const rule = { fractional: [{ var: 'key' }, [{ var: 'v' }, { '*': [{ var: 'w' }, 2] }], ['b', 10]] };
    expect(run(rule, { key: lowest, v: 'mine', w: 5 })).to.equal('mine');
    expect(run(rule, { key: lowest, v: 'mine', w: 0 })).to.equal('b');
    expect(run(rule, { key: lowest, v: 'mine', w: 0.2 })).to.equal(null);
  });

  it('reads inside a scope what a rule there could read', () => {
    const body = { fractional: [{ var: 'key' }, ...half] };
    const list = [{ key: highest }, { targetingKey: highest }, 'text', null];
    expect(run({ map: [{ var: 'list' }, body] }, { list })).to.deep.equal(['b', 'b', null, null]);
  });

  it('agrees with exact 64-bit arithmetic on random buckets', () => {
    const bucket = fc.tuple(fc.string({ maxLength: 3 }), fc.oneof(fc.integer({ min: -10, max: 100 }), fc.nat(3e8)));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(bucket, { minLength: 1, maxLength: 7 }), (key, buckets) => {
        expect(run({ fractional: [{ var: 'key' }, ...buckets] }, { key })).to.equal(exactVariant(key, buckets));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps to the configured proportions over 100,000 keys', () => {
    const weights = { red: 10, green: 20, blue: 69, none: 1 };
    const counts = new Map<JsonValue, number>();
    const targeting = new Targeting({ fractional: Object.entries(weights) }, 'flag', new Map());
    const keys = 100_000;
    for (let i = 0; i < keys; i++) {
      const variant = targeting.evaluate({ targetingKey: `user-${i}` }, {}, () => undefined);
      counts.set(variant, (counts.get(variant) ?? 0) + 1);
    }
    for (const [variant, weight] of Object.entries(weights)) {
      const share = weight / 100;
      // five standard deviations
      expect((counts.get(variant) ?? 0) / keys).to.be.closeTo(share, 5 * Math.sqrt((share * (1 - share)) / keys));
    }
  });
});

function exactVariant(key: string, buckets: readonly (readonly [string, number])[]): string | null {
  const weights = buckets.map(([, weight]) => BigInt(Math.max(0, weight)));
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n || total > 2147483647n) return null;
  const at = (BigInt(referenceHash(key)) * total) >> 32n;
  let end = 0n;
  for (const [index, weight] of weights.entries()) {
    end += weight;
    if (end > at) return buckets[index]![0];
  }
  throw new Error('beyond the last bucket');
}
