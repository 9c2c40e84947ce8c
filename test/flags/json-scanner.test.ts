import { expect } from 'chai';
import fc from 'fast-check';
import { deepestScanned, invalid, skipValue } from '../../src/flags/json-scanner';

const scan = (text: string) => skipValue(Buffer.from(text), 0);

/** What `JSON.parse` says of a text that begins with its value. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('skipValue', () => {
  for (const text of [
    'true',
    'false',
    'null',
    '0',
    '-0',
    '-0.5',
    '10',
    '1e5',
    '1.25E-10',
    '1e+2',
    '""',
    '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D"',
    '"é😀\u007f"',
    '{}',
    '[]',
    '{ }',
    '[\r\n\t ]',
    '{"a":[{"b":{}},[[]],"}"],"a":"]"}',
    ' [ 1 , { "a" : 2 , "b" : [ ] } ] '.trim(),
  ]) {
    it(`steps over ${text}`, () => {
      expect(isJson(text)).to.equal(true);
      expect(scan(`${text} `)).to.equal(Buffer.byteLength(text));
    });
  }

  for (const text of [
    '',
    'tru',
    'nul',
    'True',
    '-',
    '+1',
    '.5',
    '1.',
    '1.e5',
    '1e',
    '1e+',
    '-a',
    '"',
    '"\\"',
    '"\\x"',
    '"\\u12g4"',
    '"\\u12',
    '"a\nb"',
    '"\u0000"',
    '{',
    '[',
    '}',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1}',
    '{"a":1]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{1:2}',
    "{'a':1}",
    '{"a":1 "b":2}',
    '[1',
    '{"a":1',
    '/**/1',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(isJson(text)).to.equal(false);
      expect(scan(text)).to.equal(invalid);
    });
  }

  it('ends where a number ends, as digits behind it are none of it', () => {
    expect(scan('01')).to.equal(1);
    expect(scan('1-2')).to.equal(1);
  });

  it('goes down to a depth and no deeper', () => {
    const nested = (levels: number) => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);
    expect(scan(nested(deepestScanned))).to.equal(nested(deepestScanned).length);
    expect(scan(nested(deepestScanned + 2))).to.equal(invalid);
  });

  it('takes for JSON what JSON.parse takes for it, in random texts, damaged ones among them', () => {
    const bytes = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      ' ',
      '\n',
      '0',
      '-',
      '.',
      'e',
      'u',
      't',
      'é',
    );
    const damage = fc.option(fc.tuple(fc.nat(), fc.nat(2), fc.array(bytes, { maxLength: 2 })), { nil: undefined });
    let valid = 0;
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), fc.array(damage, { maxLength: 2 }), (value, indentation, damages) => {
        let text = JSON.stringify(value, null, indentation);
        for (const [place, removed, added] of damages.filter((each) => each !== undefined)) {
          const at = place % (text.length + 1);
          text = text.slice(0, at) + added.join('') + text.slice(at + removed);
        }
        text = text.trim();
        if (isJson(text)) valid++;
        expect(scan(text) === Buffer.byteLength(text)).to.equal(isJson(text), text);
      }),
      { numRuns: 5000 },
    );
    expect(valid).to.be.within(1000, 4500);
  });
});
