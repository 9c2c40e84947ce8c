import type { JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { run } from './run';

describe('starts_with and ends_with', () => {
  const email = 'jon@company.com';

  for (const [operator, part, result] of [
    ['starts_with', 'jon', true],
    ['starts_with', 'com', false],
    ['starts_with', '', true],
    ['ends_with', '@company.com', true],
    ['ends_with', 'jon', false],
    ['ends_with', '', true],
  ] as const) {
    it(`${email} ${operator} ${JSON.stringify(part)} is ${result}`, () => {
      expect(run({ [operator]: [{ var: 'email' }, part] }, { email })).to.equal(result);
      expect(run({ [operator]: [email, { var: 'part' }] }, { part })).to.equal(result);
    });
  }

  for (const operator of ['starts_with', 'ends_with']) {
    for (const args of [
      [],
      ['a'],
      ['a', 'a', 'a'],
      [1, '1'],
      ['1', 1],
      [null, ''],
      [{ var: 'none' }, ''],
      ['', { var: 'none' }],
      [['a'], 'a'],
      'a',
    ] as JsonValue[]) {
      it(`${operator} gives null, and says why, for ${JSON.stringify(args)}`, () => {
        const log: string[] = [];
        expect(run({ [operator]: args }, {}, { log })).to.equal(null);
        expect(log.join()).to.contain(`${operator} gives null`);
      });
    }
  }
});
