import { expect } from 'chai';
import fc from 'fast-check';
import { PersistentMap } from '../../src/flags/persistent-map';

describe('PersistentMap', () => {
  it('reads in every version like a map of its own, whatever was made from which version', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', '__proto__');
    const value = fc.option(
      fc.nat().map((number) => ({ number })),
      { nil: undefined },
    );
    const step = fc.record({ from: fc.nat(), changes: fc.array(fc.tuple(key, value), { maxLength: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const versions = [
          { tested: new PersistentMap<{ number: number }>(), model: new Map<string, { number: number }>() },
        ];
        for (const { from, changes } of steps) {
          const { tested, model } = versions[from % versions.length]!;
          const next = new Map(model);
          for (const [name, content] of changes) {
            if (content) next.set(name, content);
            else next.delete(name);
          }
          versions.push({ tested: tested.with(new Map(changes)), model: next });
        }
        for (const { tested, model } of versions) {
          expect(tested.size).to.equal(model.size);
          expect(new Map(tested.entries())).to.deep.equal(model);
          for (const name of ['a', 'b', 'c', 'd', '__proto__']) expect(tested.get(name)).to.equal(model.get(name));
        }
      }),
    );
  });
});
