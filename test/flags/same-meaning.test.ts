import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { sameMeaning } from '../../src/flags/same-meaning';
import { rewriteJson } from '../support/rewrite-json';

const text = (json: string) => {
  const bytes = Buffer.from(`,${json},`);
  return { bytes, start: 1, end: bytes.length - 1 };
};
const same = (left: string, right: string) => sameMeaning(text(left), text(right));

describe('sameMeaning', () => {
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
});
