import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { run } from './run';

/** Rule, context, result. */
type Row = readonly [rule: JsonValue, context: EvaluationContext, result: JsonValue];

function table(title: string, rows: readonly Row[]) {
  describe(title, () => {
    for (const [rule, context, result] of rows) {
      it(`${JSON.stringify(rule)} with ${JSON.stringify(context)} gives ${JSON.stringify(result)}`, () => {
        expect(run(rule, context)).to.deep.equal(result);
      });
    }
  });
}

describe('JsonLogic', () => {
  table('where json-logic-engine throws or says something else', [
    [{ '<': [{ var: 'age' }, 18] }, { age: 'abc' }, false],
    [{ '<': [{ var: 'age' }, 18] }, { age: { years: 3 } }, false],
    [{ in: ['a', { var: 'list' }] }, { list: 5 }, false],
    [{ '==': [[1], [1]] }, {}, false],
    [{ '==': [{ var: 'a' }, { var: 'b' }] }, { a: {}, b: {} }, false],
    [{ '==': [{ var: 'a' }, { var: 'a' }] }, { a: {} }, true],
    [{ '+': [{ var: 'x' }, 1] }, { x: 'q' }, null],
    [{ '*': ['a', 2] }, {}, null],
    [{ '/': [1, 0] }, {}, null],
    [{ '%': [5, 0] }, {}, null],
    [{ '+': [{ var: 'x' }, 1] }, {}, null],
    [{ cat: ['a', { var: 'x' }, null, 1] }, {}, 'a1'],
    [{ substr: [123, 1] }, {}, '23'],
    [{ max: [] }, {}, null],
    [{ max: ['a', 1] }, {}, null],
    [{ '!!': [{}] }, {}, true],
    [{ reduce: [{ var: 'l' }, { '+': [{ var: 'accumulator' }, { var: 'current' }] }, 0] }, { l: ['1', 2] }, 3],
    [{ max: { var: 'l' } }, { l: [1, 2] }, null],
    [{ max: { var: 'l' } }, { l: [2] }, 2],
  ]);

  table('var', [
    [{ var: 'a' }, { a: 1 }, 1],
    [{ var: ['a'] }, { a: 1 }, 1],
    [{ var: 'user.address.city' }, { user: { address: { city: 'Delft' } } }, 'Delft'],
    [{ var: 'user.address.city' }, { user: { address: 'none' } }, null],
    [{ var: 'roles.0' }, { roles: ['admin'] }, 'admin'],
    [{ var: 'roles.1' }, { roles: ['admin'] }, null],
    [{ var: 'roles.length' }, { roles: ['admin'] }, 1],
    [{ var: 'name.0' }, { name: 'jo' }, 'j'],
    [{ var: 7 }, { 7: 'seven' }, 'seven'],
    [{ var: ['a', 'else'] }, {}, 'else'],
    [{ var: ['a', 'else'] }, { a: null }, null],
    [{ var: ['a.b', 'else'] }, { a: null }, 'else'],
    [{ var: [{ var: 'which' }] }, { which: 'a', a: 5 }, 5],
    [{ var: [{ var: 'which' }, 'else'] }, { which: 'b', a: 5 }, 'else'],
    [{ var: { cat: ['user.', 'name'] } }, { user: { name: 'jo' } }, 'jo'],
    [{ '!!': { var: '' } }, {}, true],
    [{ map: [[{ var: '' }], { var: 'a' }] }, { a: 5 }, [5]],
    [{ '==': [{ var: '' }, { var: '' }] }, {}, true],
  ]);

  table('scopes see the element and nothing else', [
    [{ map: [{ var: 'list' }, { var: '' }] }, { list: [1, 'b', null] }, [1, 'b', null]],
    [{ map: [{ var: 'list' }, { var: 'a' }] }, { a: 1, list: [{ a: 2 }, {}] }, [2, null]],
    [{ map: [[1], { var: '$flagd.flagKey' }] }, {}, [null]],
    [{ filter: [{ var: 'list' }, { '>': [{ var: '' }, 1] }] }, { list: [1, 2, 3] }, [2, 3]],
    [{ all: [[], true] }, {}, false],
    [{ all: [[1, 2], { '>': [{ var: '' }, 0] }] }, {}, true],
    [{ none: [{ var: 'list' }, true] }, {}, true],
    [{ some: [{ var: 'list' }, { '==': [{ var: 'k' }, 'v'] }] }, { list: [{ k: 'w' }, { k: 'v' }] }, true],
    [{ map: [[[1, 2], [3]], { map: [{ var: '' }, { '*': [{ var: '' }, 2] }] }] }, {}, [[2, 4], [6]]],
    [{ reduce: [[1, 2], { cat: [{ var: 'accumulator' }, { var: 'current' }] }, '0'] }, {}, '012'],
    [{ reduce: [{ var: 'none' }, { var: 'current' }, 'start'] }, {}, 'start'],
    [{ map: [{ var: 'list' }, { var: '' }] }, { list: 'no list' }, []],
    [{ reduce: [[1, 2], { merge: [{ var: 'accumulator' }, { var: 'current' }] }, []] }, {}, [1, 2]],
    [{ reduce: [[{ a: 1, b: 2 }], { var: 'current.a' }, { var: 'none' }] }, {}, 1],
    [{ reduce: [[1], { '!!': { var: '' } }] }, {}, true],
    [{ reduce: [[1], { var: 'constructor' }] }, {}, null],
  ]);

  table('missing and missing_some', [
    [{ missing: ['a', 'b', 'c'] }, { a: 1, b: '' }, ['b', 'c']],
    [{ missing: [['a', 'b'], 'c'] }, { a: 1 }, ['b']],
    [{ missing: { merge: ['a', { if: [true, 'b'] }] } }, { a: 1 }, ['b']],
    [{ missing: 'user.name' }, { user: { name: 'jo' } }, []],
    [{ missing: ['$flagd.flagKey', '$flagd.timestamp', '$flagd.x'] }, {}, ['$flagd.x']],
    [{ missing_some: [1, ['a', 'b']] }, { a: 1 }, []],
    [{ missing_some: [2, ['a', 'b', 'c']] }, { a: 1 }, ['b', 'c']],
    [{ missing_some: [1, null] }, {}, []],
  ]);

  table('and, or, if', [
    [{ and: [] }, {}, null],
    [{ and: [[], 1] }, {}, []],
    [{ and: ['0', 'last'] }, {}, 'last'],
    [{ or: [0, '', [], null] }, {}, null],
    [{ or: [0, 'first', 'last'] }, {}, 'first'],
    [{ if: [] }, {}, null],
    [{ if: ['alone'] }, {}, 'alone'],
    [{ if: [false, 'then'] }, {}, null],
    [{ if: [[], 'then', 'else'] }, {}, 'else'],
    [{ if: [0, 1, 0, 2, 3] }, {}, 3],
    [{ '?:': [1, 'then', 'else'] }, {}, 'then'],
    [{ if: [{ and: [{ var: 'a' }, { or: [{ var: 'b' }, { '!': { var: 'c' } }] }] }, 'y', 'n'] }, { a: 1 }, 'y'],
  ]);

  table('comparison as in JavaScript', [
    [{ '==': [1, '1'] }, {}, true],
    [{ '==': ['1', { var: 'n' }] }, { n: 1 }, true],
    [{ '==': [{ var: 'n' }, 'a'] }, { n: ['a'] }, true],
    [{ '==': [{ var: 'x' }, null] }, {}, true],
    [{ '==': [null, 0] }, {}, false],
    [{ '===': [1, '1'] }, {}, false],
    [{ '!==': [1, '1'] }, {}, true],
    [{ '!=': [1, '1'] }, {}, false],
    [{ '<': [1, { var: 'n' }, 3] }, { n: 2 }, true],
    [{ '<=': [1, { var: 'n' }, 3] }, { n: 4 }, false],
    [{ '>': [3, { var: 'n' }, 9] }, { n: 2 }, true],
    [{ '<': ['10', '9'] }, {}, true],
    [{ '<': ['10', 9] }, {}, false],
    [{ '>=': [{ var: 'x' }, 0] }, {}, true],
  ]);

  table('text', [
    [{ in: ['b', 'abc'] }, {}, true],
    [{ in: ['', ''] }, {}, false],
    [{ in: [{ var: 'x' }, 'null and void'] }, {}, true],
    [{ in: [1, '321'] }, {}, true],
    [{ in: ['1', [1]] }, {}, false],
    [{ in: [{ var: 'x' }, ['a', null]] }, {}, true],
    [{ in: [{ var: 'x' }, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']] }, { x: 'i' }, true],
    [{ cat: ['I love ', ['pie', null, ['now']]] }, {}, 'I love pie,,now'],
    [{ cat: [{ var: 'o' }, 1.5, true] }, { o: {} }, '[object Object]1.5true'],
    [{ substr: ['jsonlogic', -5] }, {}, 'logic'],
    [{ substr: ['jsonlogic', 1, 3] }, {}, 'son'],
    [{ substr: ['jsonlogic', 4, -2] }, {}, 'log'],
    [{ substr: [null, 0, 2] }, {}, 'nu'],
  ]);

  it('may nest lists as deeply as it goes on', () => {
    const list = Array.from({ length: 3000 }, (_, index) => index);
    expect(run({ '!!': { reduce: [{ var: 'list' }, [{ var: 'accumulator' }], 0] } }, { list })).to.equal(true);
  });

  it('writes what log is given to the debug log, and gives it back', () => {
    const log: string[] = [];
    expect(run({ log: { cat: ['a', 1] } }, {}, { log })).to.equal('a1');
    expect(run({ log: [{ var: 'user' }] }, { user: { name: 'jo' } }, { log })).to.deep.equal({ name: 'jo' });
    expect(log).to.include.members(['log: a1', 'log: {"name":"jo"}']);
  });

  it('takes an object with several members, and one with none, for data', () => {
    expect(run({ map: [[{ a: 1, b: 2 }, {}], { var: 'a' }] })).to.deep.equal([1, null]);
    expect(run({ var: ['x', { constructor: null, b: { var: 'not run' } }] })).to.deep.equal({
      constructor: null,
      b: { var: 'not run' },
    });
  });

  it('never runs data as a rule, not even where the oracle does', () => {
    expect(run({ missing: [{ var: 'keys' }] }, { keys: [{ cat: ['a'] }], a: 1 })).to.deep.equal([{ cat: ['a'] }]);
  });
});
