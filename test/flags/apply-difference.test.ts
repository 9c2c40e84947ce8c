import { expect } from 'chai';
import fc from 'fast-check';
import { resolve } from '../../src/evaluation/resolve';
import { apply } from '../../src/flags/apply';
import { applyDifference } from '../../src/flags/apply-difference';
import type { BrokenFlag, Flag } from '../../src/flags/flag';
import { FlagSetError } from '../../src/flags/flag-set-error';
import { parseFlag } from '../../src/flags/parse-flag';
import { parseFlagSet } from '../../src/flags/parse-flag-set';
import { sameFlag } from '../../src/flags/same-flag';
import { FlagSnapshot, type Snapshot } from '../../src/flags/snapshot';
import { rewriteJson } from '../support/rewrite-json';

const sequences = Number(process.env.SEQUENCES ?? 5000);

/** A flag set as the pieces of its text. */
interface Draft {
  readonly flags: readonly (readonly [key: string, value: string])[];
  readonly others: readonly (readonly [key: string, value: string])[];
  readonly flagsAt: number;
  readonly space: string;
}

const space = fc.constantFrom('', '', ' ', '\n  ', '\t');
// No key with a backslash in it: JSON.parse of Node.js 24 and 26 takes {"p":1,"\u0061":2} for {"p":1,"\\":2} once it has
// seen the latter.
const odd = fc.constantFrom('"\\u0061"', '"é"', '"__proto__"', '"flags"', '"q\\""', '"7"');
const key = fc.oneof({ weight: 5, arbitrary: fc.nat(60).map((number) => `"flag-${number}"`) }, odd);
const rule = fc.constantFrom(
  '{"if":[{"==":[{"var":"x"},1]},"on"]}',
  '{"if":[{"==":[{"var":"x"},2]},"on","off"]}',
  '{"$ref":"r"}',
  '{"$ref":"missing"}',
  '{"nope":[]}',
  '{}',
  'null',
);
const flag = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('ENABLED', 'DISABLED'),
      fc.boolean(),
      rule,
      fc.constantFrom('', ',"metadata":{"m":1}'),
      space,
    )
    .map(
      ([state, value, targeting, metadata, gap]) =>
        `{${gap}"state":"${state}",${gap}"variants":{"on":${String(value)},"off":"}{\\"é"},"defaultVariant":"on","targeting":${targeting}${metadata}}`,
    ),
  fc.constantFrom('{}', '1', '"ENABLED"', '[{}]', '{"state":"ENABLED","variants":{"on":true},"defaultVariant":"no"}'),
);
const member = fc.tuple(key, flag);
const other = fc.constantFrom<[string, string]>(
  ['"metadata"', '{"version":1}'],
  ['"metadata"', '{"version":2,"list":[]}'],
  ['"$evaluators"', '{"r":{"==":[{"var":"x"},1]}}'],
  ['"$evaluators"', '{"r":{"if":[{"var":"y"},"on","off"]}}'],
  ['"$schema"', '"flags"'],
);

const others = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(other, { maxLength: 2, selector: ([name]) => name }) },
  fc.array(other, { maxLength: 2 }),
);

type Edit = (draft: Draft) => Draft;
const at = (list: readonly unknown[], place: number) => (list.length === 0 ? 0 : place % list.length);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.tuple(fc.nat(9), flag).map(([place, value]): Edit => (draft) => ({
      ...draft,
      flags: draft.flags.map((each, index) => (index === at(draft.flags, place) ? [each[0], value] : each)),
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(9), member).map(([place, added]): Edit => (draft) => ({
      ...draft,
      flags: draft.flags.toSpliced(at(draft.flags, place), 0, added),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .nat(9)
      .map((place): Edit => (draft) => ({ ...draft, flags: draft.flags.toSpliced(at(draft.flags, place), 1) })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(9), key).map(([place, name]): Edit => (draft) => ({
      ...draft,
      flags: draft.flags.map((each, index) => (index === at(draft.flags, place) ? [name, each[1]] : each)),
    })),
  },
  fc.nat(9).map((place): Edit => (draft) => ({
    ...draft,
    flags: [...draft.flags.slice(at(draft.flags, place)), ...draft.flags.slice(0, at(draft.flags, place))],
  })),
  fc.constant<Edit>((draft) => ({ ...draft, flags: [...draft.flags].reverse() })),
  fc.constant<Edit>((draft) => ({ ...draft, flags: [] })),
  fc.nat().map((seed): Edit => (draft) => ({
    ...draft,
    flags: draft.flags.map(([name, value]) => [name, rewriteJson(value, seed)]),
  })),
  space.map((gap): Edit => (draft) => ({ ...draft, space: gap })),
  others.map((chosen): Edit => (draft) => ({ ...draft, others: chosen })),
  fc.nat(2).map((flagsAt): Edit => (draft) => ({ ...draft, flagsAt })),
);

function render({ flags, others, flagsAt, space: gap }: Draft): string {
  const object = (members: Draft['flags']) =>
    `{${gap}${members.map((each) => each.join(`${gap}:`)).join(`${gap},${gap}`)}${gap}}`;
  return object(others.toSpliced(flagsAt, 0, ['"flags"', object(flags)]));
}

/** Takes some bytes out, or puts some in. */
const damage = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(3),
  fc.constantFrom('', '}', '"', ',', '\\', '\n', '\xff', '{"a":1}'),
);

const step = fc.record({
  edits: fc.array(edit, { maxLength: 3 }),
  damage: fc.option(damage, { nil: undefined, freq: 6 }),
});
const start: fc.Arbitrary<Draft> = fc.record({
  flags: fc.uniqueArray(member, { maxLength: 7, selector: ([name]) => name }),
  others,
  flagsAt: fc.nat(2),
  space,
});

/** The flags that a text stands for, without any of the fast ways. */
function fromScratch(bytes: Buffer): Snapshot & { readonly flags: ReadonlyMap<string, Flag | BrokenFlag> } {
  const set = parseFlagSet(bytes);
  const flags = new Map(
    [...set.entriesIn(set)].map(({ key: name, json, place }) => [name, parseFlag(name, json, set, place)]),
  );
  return {
    flags,
    size: flags.size,
    get: (name) => flags.get(name),
    values: () => flags.values(),
    metadata: set.metadata,
    syncContext: {},
  };
}

const contexts = [{}, { x: 1 }, { x: 2, y: true }];
const answers = (snapshot: Snapshot) =>
  [...snapshot.values()]
    .map(({ key: name }) => name)
    .sort()
    .map((name) => [
      name,
      contexts.map((context) => resolve(snapshot, name, 'boolean', false, context, () => undefined)),
    ]);

function differing(
  before: ReadonlyMap<string, Flag | BrokenFlag>,
  after: ReadonlyMap<string, Flag | BrokenFlag>,
): string[] {
  const same = (name: string) => {
    const [left, right] = [before.get(name), after.get(name)];
    return left && right && sameFlag(left, right);
  };
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => !same(name)).sort();
}

describe('applyDifference', () => {
  it(`finds what reading from scratch finds, in ${sequences} sequences of random edits`, function () {
    this.timeout(100_000);
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    let fast = 0;
    let steps = 0;
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 1, maxLength: 8 }), (first, rest) => {
        let draft = first;
        let snapshot = FlagSnapshot.empty;
        let scratch: ReadonlyMap<string, Flag | BrokenFlag> = new Map();
        for (const { edits, damage: damaged } of [{ edits: [], damage: undefined }, ...rest]) {
          draft = edits.reduce((each, change) => change(each), draft);
          let bytes = Buffer.from(render(draft));
          if (damaged) {
            const [place, removed, added] = damaged;
            const offset = Math.floor(place * bytes.length);
            bytes = Buffer.concat([
              bytes.subarray(0, offset),
              Buffer.from(added, 'latin1'),
              bytes.subarray(offset + removed),
            ]);
          }
          steps++;
          if (snapshot.text && applyDifference(snapshot, snapshot.text, bytes)) fast++;
          let expected;
          try {
            expected = fromScratch(bytes);
          } catch (error) {
            expect(error).to.be.instanceOf(FlagSetError);
            const before = snapshot;
            expect(() => apply(before, { type: 'ALL', flagSet: bytes })).to.throw(
              FlagSetError,
              (error as Error).message,
            );
            continue;
          }
          const applied = apply(snapshot, { type: 'ALL', flagSet: bytes });
          expect([...applied.flagsChanged].sort()).to.deep.equal(differing(scratch, expected.flags));
          expect(applied.snapshot.metadata).to.deep.equal(expected.metadata);
          expect(answers(applied.snapshot)).to.deep.equal(answers(expected));
          snapshot = applied.snapshot;
          scratch = expected.flags;
        }
      }),
      { seed, numRuns: sequences },
    );
    console.log(`      seed ${seed}: ${steps} texts, ${fast} of them by their difference`);
    expect(fast).to.be.greaterThan(sequences / 10);
  });

  const flags = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, number) => [
        `flag-${number}`,
        { state: 'ENABLED', variants: { on: number }, defaultVariant: 'on' },
      ]),
    );
  const text = (set: object) => Buffer.from(JSON.stringify({ $schema: 'x', flags: set, metadata: { version: 1 } }));
  const all = (snapshot: FlagSnapshot, set: object) => apply(snapshot, { type: 'ALL', flagSet: text(set) });

  it('keeps what has not changed, and reads no other flag', () => {
    const before = all(FlagSnapshot.empty, flags(100)).snapshot;
    const changed = {
      ...flags(100),
      'flag-7': { state: 'DISABLED', variants: { on: 7 } },
      'flag-90': { state: 'DISABLED', variants: { on: 7 } },
    };
    const difference = applyDifference(before, before.text!, text(changed));
    expect([...difference!.changes.entries.keys()]).to.deep.equal(['flag-7', 'flag-90']);
    const { snapshot, flagsChanged } = all(before, changed);
    expect(flagsChanged).to.deep.equal(['flag-7', 'flag-90']);
    expect(snapshot.entries.get('flag-50')).to.equal(before.entries.get('flag-50'));
  });

  it('gives way where anything but a flag differs', () => {
    const before = all(FlagSnapshot.empty, flags(3)).snapshot;
    const other = Buffer.from(text(flags(3)).toString().replace('"version":1', '"version":2'));
    expect(applyDifference(before, before.text!, other)).to.equal(undefined);
    expect(apply(before, { type: 'ALL', flagSet: other }).flagsChanged).to.have.length(3);
  });
});
