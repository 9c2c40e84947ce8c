import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { FlagInspection } from '../src/flag-inspection';
import { apply, type Applied } from '../src/flags/apply';
import { FlagSnapshot } from '../src/flags/snapshot';

const flagCount = 20_000;
const good = { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on', targeting: { '==': [1, 1] } };
const bad = { ...good, defaultVariant: 'no' };

/** Flags of which every hundredth is broken. */
function flags(count: number, broken: object = bad): Record<string, object> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`flag-${i}`, i % 100 === 99 ? broken : good]));
}

describe('FlagInspection', () => {
  const inspections: FlagInspection[] = [];
  afterEach(() => {
    for (const inspection of inspections.splice(0)) inspection.close();
  });

  function inspect() {
    const found: string[] = [];
    const inspection = new FlagInspection(({ pointer, message }) => found.push(`${pointer} ${message}`));
    inspections.push(inspection);
    let snapshot = FlagSnapshot.empty;
    const add = (set: object): Applied => {
      const applied = apply(snapshot, { type: 'ALL', flagSet: Buffer.from(JSON.stringify({ flags: set })) });
      snapshot = applied.snapshot;
      inspection.add(applied);
      return applied;
    };
    const untilFound = async (count: number) => {
      while (found.length < count) await setImmediate();
    };
    return { found, inspection, add, untilFound };
  }

  it('tells of the faults of a few flags at once', () => {
    const { found, add } = inspect();
    add({ good, bad });
    expect(found).to.deep.equal(['/flags/bad/defaultVariant is "no"; expected one of "on"']);
  });

  it('tells of those of many flags by and by, of each one once', async () => {
    const { found, add, untilFound } = inspect();
    add(flags(flagCount));
    expect(found.length).to.be.below(flagCount / 100);
    await untilFound(flagCount / 100);
    expect(new Set(found).size).to.equal(flagCount / 100);
  });

  it('looks no more at what has been replaced or taken away since', async () => {
    const { found, add, untilFound } = inspect();
    add(flags(flagCount));
    const seen = found.length;
    add(flags(flagCount / 2, { ...bad, state: 'OFF' }));
    await untilFound(seen + flagCount / 200);
    const fresh = found.slice(seen);
    expect(fresh.every((line) => line.endsWith('/state is "OFF"; expected "ENABLED" or "DISABLED"'))).to.equal(true);
    expect(fresh).to.have.length(flagCount / 200);
  });

  it('can be made to finish at once', () => {
    const { found, add, inspection } = inspect();
    add(flags(flagCount));
    inspection.finish();
    expect(found).to.have.length(flagCount / 100);
  });

  it('ends when it is closed', async () => {
    const { found, add, inspection } = inspect();
    add(flags(flagCount));
    inspection.close();
    const seen = found.length;
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect(found).to.have.length(seen);
  });
});
