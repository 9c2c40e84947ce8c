import type { JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { deepestRule } from '../../src/targeting/check-rule';
import { Targeting } from '../../src/targeting/targeting';
import { manyEvaluations, run } from './run';

const targeting = (rule: JsonValue, evaluators: Readonly<Record<string, JsonValue>> = {}, flagKey = 'flag') =>
  new Targeting(rule, flagKey, new Map(Object.entries(evaluators)));

/** `levels` operators inside each other. */
function nested(levels: number): JsonValue {
  let rule: JsonValue = { var: 'x' };
  for (let i = 1; i < levels; i++) rule = { '!': [rule] };
  return rule;
}

describe('Targeting', () => {
  describe('problem', () => {
    const problem = (rule: JsonValue, evaluators?: Readonly<Record<string, JsonValue>>) => {
      const found = targeting(rule, evaluators).problem;
      return found && `${found.pointer} ${found.message}`;
    };

    it('is none for rules of known operators, constants and data', () => {
      for (const rule of ['on', 5, null, [], ['on'], { if: [{ '==': [{ var: 'a' }, [{ a: 1, b: 2 }, {}]] }] }]) {
        expect(problem(rule)).to.equal(undefined);
      }
    });

    const engineOnly = 'preserve get keys ?? throw try exists val length eachKey let pipe not every'.split(' ');
    for (const name of [...engineOnly, 'constructor', '__proto__', 'toString', '', 'IF', 'cat.length', '(rule)']) {
      it(`is that ${JSON.stringify(name)} is an unknown operator`, () => {
        const rule = JSON.parse(`{${JSON.stringify(name)}: [1]}`) as JsonValue;
        expect(problem(rule)).to.equal(`/${name} is an unknown operator`);
        expect(problem({ map: [[], { and: [rule] }] })).to.equal(`/map/1/and/0/${name} is an unknown operator`);
      });
    }

    it('is an operator that does not stand alone, and a rule that is data', () => {
      expect(problem({ if: [{ var: 'a', cat: [] }] })).to.match(/^\/if\/0 has 2 members/);
      expect(problem({ if: [], comment: 'why' })).to.match(/^ has 2 members/);
      expect(problem({ a: 1, b: 2 })).to.match(/^ is no rule/);
      expect(problem({ if: [{ $ref: 'a', b: 1 }] }, { a: 1 })).to.match(/^\/if\/0 has 2 members/);
    });

    it('is a reference to nothing, or in a place where it is not followed', () => {
      expect(problem({ '!': { $ref: 'a' } })).to.contain('/!/$ref refers to the evaluator "a", which is not there');
      expect(problem({ '!': { $ref: 5 } })).to.contain('/!/$ref is not the name of an evaluator');
      expect(problem({ '!': { $ref: ['a', 'b'] } }, { a: 1 })).to.contain('is not the name of an evaluator');
      expect(problem({ $ref: 'a' }, { a: { '!': { $ref: 'b' } }, b: 1 })).to.contain('references are not followed');
      expect(problem({ $ref: 'a' }, { a: { '!': { unheard: 1 } } })).to.contain('/!/unheard is an unknown operator');
      expect(problem({ var: ['x', { a: [{ $ref: 'a' }], b: 1 }] })).to.contain('/var/1/a/0/$ref refers to');
      expect(problem({ $ref: 'constructor' })).to.contain('which is not there');
    });

    it('is a pointer with escapes', () => {
      expect(problem({ 'a/b~c': 1 })).to.equal('/a~1b~0c is an unknown operator');
    });

    it('is a rule that is too deep', () => {
      expect(problem(nested(deepestRule))).to.equal(undefined);
      expect(problem(nested(deepestRule + 1))).to.match(/is nested deeper than 200 levels$/);
      expect(problem({ '!': { $ref: 'a' } }, { a: nested(deepestRule - 2) })).to.equal(undefined);
      expect(problem({ '!': { $ref: 'a' } }, { a: nested(deepestRule) })).to.contain('deeper than 200 levels');
      expect(problem({ $ref: 'a' }, { a: nested(deepestRule * 100) })).to.contain('deeper than 200 levels');
    });

    it('is a rule that references make too large', () => {
      const large = Array.from({ length: 50_000 }, () => 1);
      const rule = { merge: Array.from({ length: 300 }, () => ({ $ref: 'large' })) };
      expect(problem(rule, { large })).to.contain('makes the rule larger than 10000000 values');
    });
  });

  describe('equals', () => {
    const same = (left: Targeting, right: Targeting) => left.equals(right) && right.equals(left);

    it('is true for the same rule, in whatever order the members of its data are', () => {
      const rule = (data: JsonValue) =>
        targeting({ if: [{ in: [{ var: 'a' }, [1, 'x', null]] }, { var: ['b', data] }] });
      expect(same(rule({ a: 1, b: { c: 2, d: 3 } }), rule({ b: { d: 3, c: 2 }, a: 1 }))).to.equal(true);
      expect(same(rule({ a: 1, b: 2 }), rule({ a: 1, b: 3 }))).to.equal(false);
      expect(same(rule({ a: 1, b: 2 }), rule({ a: 1, c: 2 }))).to.equal(false);
    });

    it('is false for any difference', () => {
      const rules = [1, '1', null, true, [], [1], [1, 2], { '!': 1 }, { '!!': 1 }, { '!': [1] }, { '!': [1, 2] }];
      for (const left of rules) {
        for (const right of rules) expect(same(targeting(left), targeting(right))).to.equal(left === right);
      }
      expect(same(targeting('on'), targeting('on', {}, 'other'))).to.equal(false);
    });

    it('takes a reference for what it stands for', () => {
      const inline = targeting({ and: [{ '==': [{ var: 'a' }, 1] }, true] });
      const named = targeting(
        { and: [{ $ref: 'one' }, { $ref: 'yes' }] },
        { one: { '==': [{ var: 'a' }, 1] }, yes: true },
      );
      const changed = targeting(
        { and: [{ $ref: 'one' }, { $ref: 'yes' }] },
        { one: { '==': [{ var: 'a' }, 2] }, yes: true },
      );
      expect(same(inline, named)).to.equal(true);
      expect(same(inline, changed)).to.equal(false);
      expect(same(named, changed)).to.equal(false);
    });

    it('takes broken rules for the same if they are broken in the same way', () => {
      expect(same(targeting(nested(20_000)), targeting(nested(20_000)))).to.equal(true);
      expect(same(targeting(nested(20_000)), targeting(nested(3)))).to.equal(false);
      expect(same(targeting({ nope: 1 }), targeting({ nope: 2 }))).to.equal(true);
      expect(same(targeting({ nope: 1 }), targeting({ none: 1 }))).to.equal(false);
      expect(same(targeting({ $ref: 'a' }), targeting({ $ref: 'a' }, { a: 1 }))).to.equal(false);
    });
  });

  describe('evaluate', () => {
    it('resolves references anywhere, in data too, and to any rule', () => {
      const evaluators = {
        isPro: { '==': [{ var: 'plan' }, 'pro'] },
        list: ['a', { var: 'plan' }],
        on: 'on',
        data: {},
      };
      const context = { plan: 'pro' };
      expect(run({ if: [{ $ref: 'isPro' }, { $ref: 'on' }, 'off'] }, context, { evaluators })).to.equal('on');
      expect(run({ $ref: 'on' }, context, { evaluators })).to.equal('on');
      expect(run({ $ref: ['isPro'] }, context, { evaluators })).to.equal(true);
      expect(run({ in: ['pro', { $ref: 'list' }] }, context, { evaluators })).to.equal(true);
      expect(run({ in: [{ var: 'plan' }, { $ref: 'on' }] }, context, { evaluators })).to.equal(false);
      expect(run({ map: [[1, 2], { $ref: 'on' }] }, context, { evaluators })).to.deep.equal(['on', 'on']);
      expect(run({ '!!': { $ref: 'data' } }, context, { evaluators })).to.equal(true);
      expect(run({ map: [[{ a: { $ref: 'on' }, b: 1 }], { var: 'a' }] }, context, { evaluators })).to.deep.equal([
        'on',
      ]);
      expect(run({ fractional: [{ $ref: 'on' }, { $ref: 'list' }] }, { plan: 5 }, { evaluators })).to.equal('a');
    });

    it('shares nothing between rules that read alike but is the same for both', () => {
      const keyed = ['ejO', 'ceQ', 'other'].map((flagKey) => {
        const context = { targetingKey: flagKey === 'ejO' ? 'oVL' : 'dGm' };
        const buckets = [
          ['a', 50],
          ['b', 50],
        ];
        return [
          run({ var: '$flagd.flagKey' }, context, { flagKey }),
          run({ cat: ['', { var: '$flagd.flagKey' }, { var: '$flagd.flagKey.length' }] }, context, { flagKey }),
          run({ fractional: buckets }, context, { flagKey }),
          run({ fractional: [{ var: 'none' }, ...buckets] }, context, { flagKey }),
        ];
      });
      expect(keyed[0]).to.deep.equal(['ejO', 'ejO3', 'a', 'a']);
      expect(keyed[1]).to.deep.equal(['ceQ', 'ceQ3', 'b', 'b']);
      expect(keyed[2]?.slice(0, 2)).to.deep.equal(['other', 'other5']);
      expect(run({ '<': [{ '/': [1, 0] }, 0] })).to.equal(false);
      expect(run({ '<': [{ '/': [1, -0] }, 0] })).to.equal(true);
      expect(run({ '!': { $ref: 'a' } }, {}, { evaluators: { a: true } })).to.equal(false);
      expect(run({ '!': { $ref: 'a' } }, {}, { evaluators: { a: false } })).to.equal(true);
      expect(run({ '!': { var: 'a' } }, {}, { evaluators: { a: true } })).to.equal(true);
    });

    it('refuses to run a rule with a problem', () => {
      const broken = targeting({ if: [true, { nope: 1 }] });
      for (let round = 0; round < manyEvaluations; round++) {
        expect(() => broken.evaluate({}, {}, () => undefined)).to.throw();
      }
    });

    it('gives null for a number that is not finite, and for nothing', () => {
      expect(run({ '/': [1, 0] })).to.equal(null);
      expect(run({ and: [] })).to.equal(null);
      expect(run({ '-': [{ var: 'x' }] })).to.equal(-0);
    });
  });
});
