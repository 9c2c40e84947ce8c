import type { JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { FlagSet } from '../../src/server/flag-set';
import { mergeFlagSets } from '../../src/server/merge-flag-sets';
import { flag } from './fixture';

describe('mergeFlagSets', () => {
  function merge(sets: Readonly<Record<string, object>>): unknown {
    const entries = Object.entries(sets).map(([name, set]) => [name, FlagSet.from(set as JsonValue)] as const);
    return JSON.parse(mergeFlagSets(new Map(entries)).json);
  }

  it('leaves one set as it is, and makes an empty one of none', () => {
    const set = { flags: { a: flag() }, $evaluators: { x: true }, metadata: { version: 1 } };
    expect(merge({ one: set })).to.deep.equal(set);
    expect(merge({})).to.deep.equal({ flags: {} });
  });

  it('takes the later of two flags with one key', () => {
    const sets = { one: { flags: { a: flag('on'), b: flag() } }, two: { flags: { a: flag('off') } } };
    expect(merge(sets)).to.deep.equal({ flags: { a: flag('off'), b: flag() } });
  });

  it('gives metadata that the sets do not share to their flags, whose own goes before', () => {
    const sets = {
      one: { flags: { a: flag(), b: flag('on', { metadata: { team: 'b' } }) }, metadata: { env: 'x', team: 'one' } },
      two: { flags: { c: flag() }, metadata: { env: 'x', owner: 'two' } },
    };
    expect(merge(sets)).to.deep.equal({
      flags: {
        a: flag('on', { metadata: { team: 'one' } }),
        b: flag('on', { metadata: { team: 'b' } }),
        c: flag('on', { metadata: { owner: 'two' } }),
      },
      metadata: { env: 'x' },
    });
  });

  it('keeps rules apart that have one name, and renames the references', () => {
    const byRule = flag('on', { targeting: { if: [{ and: [{ $ref: 'x' }, { $ref: 'y' }] }, 'on', 'off'] } });
    const sets = {
      one: { flags: { a: byRule }, $evaluators: { x: true, y: 1 } },
      two: { flags: { b: byRule }, $evaluators: { x: false, y: 1 } },
      three: { flags: { c: byRule }, $evaluators: { x: false, 'x (three)': 5 } },
    };
    const renamed = (name: string) => ({ targeting: { if: [{ and: [{ $ref: name }, { $ref: 'y' }] }, 'on', 'off'] } });
    expect(merge(sets)).to.deep.equal({
      flags: { a: byRule, b: flag('on', renamed('x (two)')), c: flag('on', renamed('x (three)')) },
      $evaluators: { x: true, y: 1, 'x (two)': false, 'x (three)': false, 'x (three) (three)': 5 },
    });
  });

  it('renames references however deep they are', () => {
    const depth = 1500;
    const rule = (name: string) =>
      JSON.parse(`${'{"!":['.repeat(depth)}{"$ref":"${name}"}${']}'.repeat(depth)}`) as JsonValue;
    const sets = {
      one: { flags: {}, $evaluators: { x: true } },
      two: { flags: { a: flag('on', { targeting: rule('x') }) }, $evaluators: { x: false } },
    };
    const { flags } = merge(sets) as { flags: object };
    expect(JSON.stringify(flags)).to.equal(JSON.stringify({ a: flag('on', { targeting: rule('x (two)') }) }));
  });

  it('leaves flags alone that are none', () => {
    const sets = {
      one: { flags: { a: 5, b: { metadata: 'x' } }, metadata: { team: 'one' } },
      two: { flags: {} },
    };
    expect(merge(sets)).to.deep.equal({ flags: { a: 5, b: { metadata: 'x' } } });
  });
});
