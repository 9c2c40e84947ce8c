import type { EvaluationContext } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { run } from './run';

describe('the context of a rule', () => {
  const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6));
  const iso = '2026-01-02T03:04:05.006Z';

  it('has the targeting key as an attribute', () => {
    expect(run({ var: 'targetingKey' }, { targetingKey: 'jo' })).to.equal('jo');
  });

  it('has the flag key and the time, whatever caller and server say', () => {
    const $flagd = { flagKey: 'forged', timestamp: 1, more: 'forged' };
    const surroundings = { flagKey: 'real', syncContext: { $flagd } };
    const before = Math.floor(Date.now() / 1000);
    for (const context of [{}, { $flagd }]) {
      expect(run({ var: '$flagd.flagKey' }, context, surroundings)).to.equal('real');
      expect(run({ var: { cat: ['$flagd', '.flagKey'] } }, context, surroundings)).to.equal('real');
      expect(run({ var: '$flagd.more' }, context, surroundings)).to.equal(null);
      expect(run({ in: [{ var: '$flagd.timestamp' }, [1]] }, context, surroundings)).to.equal(false);
      const isNow = { '<=': [before, { var: '$flagd.timestamp' }, before + 60] };
      expect(run(isNow, context, surroundings)).to.equal(true);
    }
  });

  it('has the attributes of the server over those of the caller', () => {
    const syncContext = { region: 'eu', nothing: null, user: { name: 'server' } };
    const context = { region: 'us', nothing: 'something', plan: 'pro', user: { name: 'caller', age: 3 } };
    expect(run({ var: 'region' }, context, { syncContext })).to.equal('eu');
    expect(run({ var: 'nothing' }, context, { syncContext })).to.equal(null);
    expect(run({ var: 'plan' }, context, { syncContext })).to.equal('pro');
    expect(run({ var: 'user.name' }, context, { syncContext })).to.equal('server');
    expect(run({ var: 'user.age' }, context, { syncContext })).to.equal(null);
    expect(run({ var: { cat: ['reg', 'ion'] } }, context, { syncContext })).to.equal('eu');
    expect(run({ missing: ['region', 'plan', 'nothing'] }, context, { syncContext })).to.deep.equal(['nothing']);
  });

  it('has dates as their ISO strings, at any depth', () => {
    const context = { at: date, user: { born: date, days: [date, [date]] }, never: new Date(NaN) };
    expect(run({ var: 'at' }, context)).to.equal(iso);
    expect(run({ var: 'user.born' }, context)).to.equal(iso);
    expect(run({ var: 'user.days.0' }, context)).to.equal(iso);
    expect(run({ cat: [{ var: 'user.days' }] }, context)).to.equal(`${iso},${iso}`);
    expect(run({ in: [iso, { var: 'user.days' }] }, context)).to.equal(true);
    expect(run({ map: [{ var: 'user.days' }, { cat: { var: '' } }] }, context)).to.deep.equal([iso, iso]);
    expect(run({ map: [[{ var: 'user' }], { var: 'born' }] }, context)).to.deep.equal([iso]);
    expect(run({ '==': [{ var: 'at' }, iso] }, context)).to.equal(true);
    expect(run({ '<': [{ var: 'at' }, '2027'] }, context)).to.equal(true);
    expect(run({ starts_with: [{ var: 'at' }, '2026'] }, context)).to.equal(true);
    expect(run({ var: 'at.length' }, context)).to.equal(iso.length);
    expect(run({ var: 'never' }, context)).to.equal(null);
    expect(run({ var: 'at' }, {}, { syncContext: { at: date } })).to.equal(iso);
  });

  it('has no undefined', () => {
    const context = {
      gone: undefined,
      list: [undefined, 1],
      user: { gone: undefined },
    } as unknown as EvaluationContext;
    expect(run({ '===': [{ var: 'gone' }, null] }, context)).to.equal(true);
    expect(run({ '===': [{ var: 'user.gone' }, null] }, context)).to.equal(true);
    expect(run({ '===': [{ var: 'list.0' }, null] }, context)).to.equal(true);
    expect(run({ in: [null, { var: 'list' }] }, context)).to.equal(true);
    expect(run({ missing: ['gone'] }, context)).to.deep.equal(['gone']);
    expect(run({ cat: ['a', { var: 'gone' }] }, context)).to.equal('a');
  });

  it('has no functions and symbols, and bigints as numbers', () => {
    const context = { f: () => 1, s: Symbol('s'), n: 5n, list: [() => 1, 5n] } as unknown as EvaluationContext;
    expect(run({ var: ['f', 'none'] }, context)).to.equal('none');
    expect(run({ var: ['s', 'none'] }, context)).to.equal('none');
    expect(run({ '+': [{ var: 'n' }, 1] }, context)).to.equal(6);
    expect(run({ var: 'list' }, context)).to.deep.equal([null, 5]);
  });

  const inherited = [
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'constructor.name',
    '__proto__.toString',
  ];
  for (const name of inherited) {
    it(`does not inherit ${name}`, () => {
      expect(run({ var: name })).to.equal(null);
      expect(run({ var: `list.${name}` }, { list: [] })).to.equal(null);
      expect(run({ var: `text.${name}` }, { text: '' })).to.equal(null);
      expect(run({ var: { cat: name } })).to.equal(null);
      expect(run({ missing: [name] })).to.deep.equal([name]);
      expect(run({ map: [[{}, 'text', 1, []], { var: name }] })).to.deep.equal([null, null, null, null]);
    });
  }

  it('has own attributes of such names', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', 'length']) {
      const context = JSON.parse(`{${JSON.stringify(name)}: {"x": "own"}}`) as EvaluationContext;
      expect(run({ var: `${name}.x` }, context)).to.equal('own');
      expect(run({ var: { cat: [name, '.x'] } }, context)).to.equal('own');
      expect(run({ cat: ['', { var: 'o' }] }, { o: context })).to.equal('[object Object]');
      expect(run({ '+': [{ var: 'o' }, 1] }, { o: context })).to.equal(null);
    }
  });

  it('does not see what others give to Object.prototype, or an instance to its class', () => {
    Object.defineProperty(Object.prototype, 'planted', { value: 'seen', configurable: true });
    try {
      expect(run({ var: 'planted' })).to.equal(null);
      expect(run({ var: 'user.planted' }, { user: {} })).to.equal(null);
    } finally {
      delete (Object.prototype as { planted?: unknown }).planted;
    }
    class User {
      name = 'own';
      get inherited() {
        return this.name;
      }
    }
    const context = { user: new User() } as unknown as EvaluationContext;
    expect(run({ cat: [{ var: 'user.name' }, { var: 'user.inherited' }] }, context)).to.equal('own');
    expect(run({ var: 'inherited' }, new User() as unknown as EvaluationContext)).to.equal(null);
    expect(run({ var: 'name' }, new User() as unknown as EvaluationContext)).to.equal('own');
  });

  it('may have no prototype', () => {
    const bare = (members: object) => Object.assign(Object.create(null) as EvaluationContext, members);
    const context = bare({ plan: 'pro', user: bare({}) });
    expect(run({ var: 'plan' }, context)).to.equal('pro');
    expect(run({ cat: ['', { var: 'user' }] }, context)).to.equal('[object Object]');
  });

  it('stays as it is', () => {
    const context = Object.freeze({ list: Object.freeze([3, 1, 2]) as number[], user: Object.freeze({ at: date }) });
    run({ merge: [{ var: 'list' }, { map: [{ var: 'list' }, { var: '' }] }, { var: '' }] }, context);
    expect(context).to.deep.equal({ list: [3, 1, 2], user: { at: date } });
  });
});
