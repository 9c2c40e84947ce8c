import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { invalid } from '../../src/flags/json-scanner';
import { skipSame } from '../../src/flags/skip-same';
import { rewriteJson } from '../support/rewrite-json';

const text = (json: string) => {
  const bytes = Buffer.from(`,${json},`);
  return { bytes, start: 1, end: bytes.length - 1 };
};
function same(known: string, json: string): boolean {
  const { bytes, start, end } = text(json);
  const found = skipSame(text(known), bytes, start);
  if (found !== invalid) expect(found).to.equal(end);
  return found !== invalid;
}

describe('skipSame', () => {
  for (const [left, right] of [
    ['1', '1.0'],
    ['100', '1e2'],
    ['"a"', '"\\u0061"'],
    ['"\\u00e9"', '"\\u00E9"'],
    ['"\\u00e9/"', '"é\\/"'],
    ['"\\\\"', '"\\u005c"'],
    ['{}', '{ }'],
    ['[1,[],{}]', '[ 1 , [ ] , { } ]'],
    ['{"a":1,"b":{"c":[2],"d":3}}', '{"b":{"d":3,"c":[2]},"a":1}'],
    ['{"a":1,"b":2,"c":3}', '{ "a" : 1 , "c" : 3 , "b" : 2 }'],
    ['{"é":1,"__proto__":2}', '{"__proto__":2,"\\u00e9":1}'],
    ['{"a":1,"a":2}', '{"a":1,"a":2}'],
  ] as const) {
    it(`holds ${left} and ${right} to be the same`, () => {
      expect(same(left, right)).to.equal(true);
      expect(same(right, left)).to.equal(true);
    });
  }

  for (const [left, right] of [
    ['1', '2'],
    ['0', '-0'],
    ['1', '"1"'],
    ['"1"', '1'],
    ['null', '0'],
    ['true', 'false'],
    ['""', '{}'],
    ['[]', '{}'],
    ['"a"', '"ab"'],
    ['"a\\""', '"a"'],
    ['"\\n"', '"n"'],
    ['"\\\\"', '"\\""'],
    ['[1]', '[1,2]'],
    ['[1,2]', '[1]'],
    ['[1,2]', '[2,1]'],
    ['[]', '[1]'],
    ['{}', '{"a":1}'],
    ['{"a":1}', '{}'],
    ['{"a":1,"b":2}', '{"a":1}'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":1}', '{"b":1}'],
    ['{"a":1,"b":2}', '{"b":1,"a":2}'],
    ['{"a":1,"b":2,"c":3}', '{"a":1,"c":3}'],
    ['{"a":1,"c":3}', '{"a":1,"b":2,"c":3}'],
    ['{"a":1,"a":2}', '{"a":2,"a":1}'],
    ['{"a":1,"b":2}', '{"b":2,"b":2}'],
    ['{"a":1,"a":1}', '{"a":1,"b":1}'],
    ['{"x":0,"s":1,"s":2,"b":0}', '{"b":0,"x":0,"s":2,"s":1}'],
  ] as const) {
    it(`does not hold ${left} and ${right} to be the same`, () => {
      expect(same(left, right)).to.equal(false);
      expect(same(right, left)).to.equal(false);
    });
  }

  it('gives up on objects of very many members in another order, and on values that are very deep', () => {
    const members = Array.from({ length: 1000 }, (_, i) => `"${i}":1`);
    expect(same(`{${members.join()}}`, `{${members.join(' , ')}}`)).to.equal(true);
    expect(same(`{${members.join()}}`, `{${members.reverse().join()}}`)).to.equal(false);
    const deep = '['.repeat(5000) + ']'.repeat(5000);
    expect(same(deep, deep)).to.equal(false);
  });

  it('gives up on a search that would take longer than to parse', () => {
    const padding = JSON.stringify('-'.repeat(100_000));
    const nested = (member: (inner: string) => string) => {
      let value = padding;
      for (let level = 0; level < 400; level++) value = member(value);
      return value;
    };
    expect(
      same(
        nested((inner) => `{"z":${inner},"a":1}`),
        nested((inner) => `{"a":1,"z":${inner}}`),
      ),
    ).to.equal(false);
    const keys = Array.from({ length: 60 }, (_, i) => `"${'k'.repeat(10_000)}${i}":1`);
    expect(same(`{${keys.join()}}`, `{${keys.reverse().join()}}`)).to.equal(false);
  });

  it('takes members in another order for the same only if those of one name are in the same order', () => {
    const members = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(1)), { maxLength: 7 });
    const write = (list: readonly (readonly [string, number])[]) =>
      `{${list.map(([name, value]) => `"${name}":${value}`).join()}}`;
    let found = 0;
    fc.assert(
      fc.property(
        members.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          if (!same(write(list), write(shuffled))) return;
          found++;
          expect(JSON.parse(write(shuffled))).to.deep.equal(JSON.parse(write(list)));
        },
      ),
      { numRuns: 5000 },
    );
    expect(found).to.be.above(500);
  });

  it('knows random values again, however they are written, and tells others apart', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 1 }), fc.nat(), (value, other, seed) => {
        const written = JSON.stringify(value);
        expect(same(written, rewriteJson(written, seed))).to.equal(true);
        const plain = JSON.parse(written) as unknown;
        const otherPlain = JSON.parse(JSON.stringify(other)) as unknown;
        const isSame = same(written, rewriteJson(JSON.stringify(other), seed));
        expect(isSame).to.equal(isDeepStrictEqual(plain, otherPlain));
        expect(same(`[${written},1]`, `[${rewriteJson(written, seed)},2]`)).to.equal(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no damaged text for the same, unless the damage says the same', () => {
    const damage = fc.tuple(
      fc.nat(),
      fc.nat(2),
      fc.constantFrom('', ' ', '"', ',', ':', '\\', '0', '[', ']', '{', '}'),
    );
    let refused = 0;
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), damage, (value, seed, [place, removed, added]) => {
        const written = JSON.stringify([value]);
        const rewritten = rewriteJson(written, seed);
        const at = place % (rewritten.length + 1);
        const damaged = Buffer.from(rewritten.slice(0, at) + added + rewritten.slice(at + removed));
        const end = skipSame(text(written), damaged, 0);
        if (end === invalid) refused++;
        else expect(JSON.parse(damaged.toString('utf8', 0, end))).to.deep.equal(JSON.parse(written));
      }),
      { numRuns: 5000 },
    );
    expect(refused).to.be.within(1000, 4900);
  });
});
