import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import fc from 'fast-check';
import { apply } from '../../src/flags/apply';
import { FlagSnapshot } from '../../src/flags/snapshot';
import { FlagSet } from '../../src/server/flag-set';
import { becoming, changesBetween, describeChanges, type Change } from '../../src/server/flag-set-changes';

const rule = (...names: string[]) => ({ if: [{ and: names.map(($ref) => ({ $ref })) }, 'on', 'off'] });
const flag = (more: JsonObject = {}): JsonObject => ({ state: 'ENABLED', variants: { on: 1, off: 0 }, ...more });

const definitions = fc.constantFrom<JsonValue>(
  flag(),
  flag({ defaultVariant: 'on' }),
  flag({ state: 'DISABLED' }),
  flag({ targeting: rule('x') }),
  flag({ targeting: rule('y', 'x') }),
  flag({ targeting: rule('missing') }),
  flag({ metadata: { version: 2 } }),
  'broken',
);
const flagSets = fc.record(
  {
    flags: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), definitions, { noNullPrototype: true }),
    $evaluators: fc.record({ x: fc.boolean(), y: fc.constantFrom({ '!': true }, { $ref: 'x' }) }, { requiredKeys: [] }),
    metadata: fc.record({ version: fc.constantFrom(1, 2) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['flags'] },
);

describe('changesBetween', () => {
  it('takes a client through any states, each time to the same as if it had been sent the whole', () => {
    const states = fc.array(flagSets, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(states, ([first, ...rest]) => {
        let served = FlagSet.from(first as unknown as JsonValue);
        let client = receive(FlagSnapshot.empty, [becoming(served)]);
        for (const state of rest) {
          const next = FlagSet.from(state);
          client = receive(client, changesBetween(served, next));
          served = next;
          expect(apply(client, eventOf(becoming(served))).flagsChanged).to.deep.equal([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds nothing between sets that differ in order and spacing only', () => {
    const one = FlagSet.from({ flags: { a: flag(), b: flag() }, metadata: { x: 1, y: 2 } });
    const other = FlagSet.from({ metadata: { y: 2, x: 1 }, flags: { b: flag(), a: flag() } });
    expect(changesBetween(one, other)).to.deep.equal([]);
  });
});

describe('describeChanges', () => {
  it('names the flags, unless there are many', () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`flag-${index}`, flag()]));
    const before = FlagSet.from({ flags: { a: flag(), b: flag() } });
    const after = FlagSet.from({ flags: { b: 5, ...many } });
    expect(describeChanges(changesBetween(before, after))).to.equal('added 11 flags; updated b; deleted a');
  });

  it('says so where the whole set is sent', () => {
    const [versioned, empty] = [{ flags: { a: flag() }, metadata: { version: 1 } }, { flags: {} }].map((set) =>
      FlagSet.from(set),
    );
    expect(describeChanges(changesBetween(empty!, versioned!))).to.equal('the whole set is new: a');
    expect(describeChanges(changesBetween(versioned!, empty!))).to.equal('the whole set is new: no flags');
  });
});

function receive(client: FlagSnapshot, changes: readonly Change[]): FlagSnapshot {
  return changes.reduce((snapshot, change) => apply(snapshot, eventOf(change)).snapshot, client);
}

function eventOf({ state, flagSet }: Change) {
  return { type: state, flagSet: Buffer.from(flagSet.json) };
}
