import type { JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { run } from './run';

/** Both with constants, which are prepared, and with attributes. */
function compare(left: JsonValue, operator: JsonValue, right: JsonValue): JsonValue {
  const result = run({ sem_ver: [{ var: 'left' }, operator, right] }, { left });
  const context = { left, operator, right };
  expect(run({ sem_ver: [{ var: 'left' }, { var: 'operator' }, { var: 'right' }] }, context)).to.equal(result);
  expect(run({ sem_ver: [left, operator, { var: 'right' }] }, context)).to.equal(result);
  return result;
}

describe('sem_ver', () => {
  for (const [left, operator, right, result] of [
    ['1.2.3', '=', '1.2.3', true],
    ['1.2.3', '=', '1.2.4', false],
    ['1.2.3', '!=', '1.2.3', false],
    ['1.2.3', '!=', '1.2.4', true],
    ['1.2.3', '<', '1.2.4', true],
    ['1.2.3', '<', '1.2.3', false],
    ['1.2.3', '<=', '1.2.3', true],
    ['1.2.4', '<=', '1.2.3', false],
    ['1.10.0', '>', '1.9.0', true],
    ['1.2.3', '>', '1.2.3', false],
    ['1.2.3', '>=', '1.2.3', true],
    ['0.9.9', '>=', '1.0.0', false],
    ['2.9.1', '^', '2.0.0', true],
    ['2.0.0', '^', '2.9.1', true],
    ['3.0.0', '^', '2.9.1', false],
    ['2.1.9', '~', '2.1.0', true],
    ['2.2.0', '~', '2.1.0', false],
    ['3.1.0', '~', '2.1.0', false],
    // a leading v, missing parts, numbers
    ['v1.2.3', '=', 'V1.2.3', true],
    ['1', '=', '1.0.0', true],
    ['1.2', '=', 'v1.2.0', true],
    [1.2, '=', '1.2.0', true],
    [2, '>', 1.9, true],
    // build metadata is ignored
    ['1.2.3+build.5', '=', '1.2.3+other', true],
    ['1.2.3-rc.1+build', '=', '1.2.3-rc.1', true],
    // pre-releases order as in SemVer 2
    ['1.0.0-alpha', '<', '1.0.0-alpha.1', true],
    ['1.0.0-alpha.1', '<', '1.0.0-alpha.beta', true],
    ['1.0.0-alpha.beta', '<', '1.0.0-beta', true],
    ['1.0.0-beta', '<', '1.0.0-beta.2', true],
    ['1.0.0-beta.2', '<', '1.0.0-beta.11', true],
    ['1.0.0-beta.11', '<', '1.0.0-rc.1', true],
    ['1.0.0-rc.1', '<', '1.0.0', true],
    ['1.0.0-rc.1', '=', '1.0.0-rc.1', true],
    ['1.0.0-x-y-z', '=', '1.0.0-x-y-z', true],
    ['9007199254740993.0.0', '>', '9007199254740992.0.0', true],
    ['1.0.0-9007199254740993', '<', '1.0.0-9007199254740994', true],
    // null
    ['2.0.0.0', '=', '2.0.0', null],
    ['myVersion_1', '=', '1.0.0', null],
    ['1.2.3', '===', '1.2.3', null],
    ['1.2.3', '==', '1.2.3', null],
    ['1.2.3', 'toString', '1.2.3', null],
    ['1.2.3', null, '1.2.3', null],
    ['1.2.3', '=', '', null],
    ['vv1.2.3', '=', '1.2.3', null],
    ['01.2.3', '=', '1.2.3', null],
    ['1.2.03', '=', '1.2.3', null],
    ['1.2.3-01', '=', '1.2.3', null],
    ['1.2.3-', '=', '1.2.3', null],
    ['1.2.3-a..b', '=', '1.2.3', null],
    ['1.2.3+', '=', '1.2.3', null],
    ['1.2.3+a..b', '=', '1.2.3', null],
    ['1.2-rc', '=', '1.2.0', null],
    [' 1.2.3', '=', '1.2.3', null],
    ['1.2.3\n', '=', '1.2.3', null],
    ['-1.2.3', '=', '1.2.3', null],
    ['1.', '=', '1.0.0', null],
    [-1, '=', '1.0.0', null],
    [1e21, '=', '1.0.0', null],
    [null, '=', '1.0.0', null],
    [true, '=', '1.0.0', null],
    [['1.0.0'], '=', '1.0.0', null],
    [{}, '=', '1.0.0', null],
  ] as [JsonValue, JsonValue, JsonValue, JsonValue][]) {
    it(`${JSON.stringify(left)} ${JSON.stringify(operator)} ${JSON.stringify(right)} is ${JSON.stringify(result)}`, () => {
      expect(compare(left, operator, right)).to.equal(result);
    });
  }

  for (const args of [[], ['1.0.0'], ['1.0.0', '='], ['1.0.0', '=', '1.0.0', '1.0.0'], '1.0.0'] as JsonValue[]) {
    it(`gives null, and says why, for the arguments ${JSON.stringify(args)}`, () => {
      const log: string[] = [];
      expect(run({ sem_ver: args }, {}, { log })).to.equal(null);
      expect(log.join()).to.contain('sem_ver gives null');
    });
  }

  it('can be a condition', () => {
    const rule = { if: [{ sem_ver: [{ var: 'version' }, '>=', '2.0.0'] }, 'new', 'old'] };
    expect(run(rule, { version: '2.1.0' })).to.equal('new');
    expect(run(rule, { version: '1.9.0' })).to.equal('old');
    expect(run(rule, {})).to.equal('old');
  });
});
