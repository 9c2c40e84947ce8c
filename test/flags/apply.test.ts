import { expect } from 'chai';
import { apply, type Applied } from '../../src/flags/apply';
import { FlagSetError } from '../../src/flags/flag-set-error';
import { FlagSnapshot } from '../../src/flags/snapshot';
import type { SyncEvent } from '../../src/flags/sync-event';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (flagSet: unknown) => bytes(typeof flagSet === 'string' ? flagSet : JSON.stringify(flagSet));

type Change = 'ALL' | 'ADD' | 'UPDATE' | 'DELETE';
const event = (type: Change, flagSet: unknown): SyncEvent => ({ type, flagSet: text(flagSet) });

const on = (more: object = {}) => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'on',
  ...more,
});

/** The sizes of what the flags keep in memory. */
function kept(snapshot: FlagSnapshot): number[] {
  return [...new Set([...snapshot.entries.values()].map(({ text: { bytes } }) => bytes.buffer))].map(
    ({ byteLength }) => byteLength,
  );
}

/** The state after the events, and what the last one changed and complained of. */
function after(...events: SyncEvent[]) {
  let applied: Applied = { snapshot: FlagSnapshot.empty, flagsChanged: [], definitions: [], problems: [] };
  for (const each of events) applied = apply(applied.snapshot, each);
  return {
    ...applied,
    changed: [...applied.flagsChanged].sort(),
    keys: [...applied.snapshot.values()].map(({ key }) => key).sort(),
    complaints: [...applied.problems, ...applied.definitions.flatMap((entry) => entry.findProblems())].map(
      ({ pointer, message }) => `${pointer} ${message}`,
    ),
  };
}

describe('apply', () => {
  describe('ALL', () => {
    it('makes the snapshot exactly the flags of the message', () => {
      const { changed, keys } = after(
        event('ALL', { flags: { a: on(), b: on(), c: on() } }),
        event('ALL', { flags: { b: on(), c: on({ state: 'DISABLED' }), d: on() } }),
      );
      expect(keys).to.deep.equal(['b', 'c', 'd']);
      expect(changed).to.deep.equal(['a', 'c', 'd']);
    });

    it('accepts an array of flags that carry their key, of which the later wins', () => {
      const { snapshot, keys } = after(
        event('ALL', {
          flags: [
            { key: 'a', ...on() },
            { key: 'b', ...on() },
            { key: 'a', ...on({ state: 'DISABLED' }) },
          ],
        }),
      );
      expect(keys).to.deep.equal(['a', 'b']);
      expect(snapshot.get('a')).to.include({ state: 'DISABLED' });
    });

    it('passes over an array entry without a key, and says where', () => {
      const { keys, complaints } = after(event('ALL', { flags: [on(), { key: 'b', ...on() }] }));
      expect(keys).to.deep.equal(['b']);
      expect(complaints).to.deep.equal(['/flags/0 has no "key" of type string; it is passed over']);
    });

    it('changes nothing when nothing but order, white space and notation differ', () => {
      const before = after(
        event(
          'ALL',
          '{"flags":{"a":{"state":"ENABLED","variants":{"x":{"p":1,"q":[1.0]}}},"b":{"state":"DISABLED","variants":{"x":"é"}}}}',
        ),
      );
      const again = apply(
        before.snapshot,
        event(
          'ALL',
          ' { "flags" : { "b":{"variants":{"x":"\\u00e9"},"state":"DISABLED"}, "a":{"variants":{"x":{"q":[1],"p":1}},"state":"ENABLED"}}}',
        ),
      );
      expect(again.flagsChanged).to.deep.equal([]);
      expect(again.snapshot.get('a')).to.equal(before.snapshot.get('a'));
    });

    const members: [string, object][] = [
      ['state', { state: 'DISABLED' }],
      ['a variant', { variants: { on: true, off: true } }],
      ['the default variant', { defaultVariant: 'off' }],
      ['the targeting', { targeting: { '==': [{ var: 'a' }, 1] } }],
      ['the metadata', { metadata: { owner: 'me' } }],
    ];
    for (const [member, change] of members) {
      it(`reports a flag whose change is in ${member}`, () => {
        const { changed } = after(
          event('ALL', { flags: { a: on(), b: on() } }),
          event('ALL', { flags: { a: on(change), b: on() } }),
        );
        expect(changed).to.deep.equal(['a']);
      });
    }

    it('reports the flags whose evaluator changed, and no others', () => {
      const flags = { a: on({ targeting: { $ref: 'r' } }), b: on({ targeting: { $ref: 's' } }), c: on() };
      const { changed } = after(
        event('ALL', { flags, $evaluators: { r: { var: 'x' }, s: { var: 'x' } } }),
        event('ALL', { flags, $evaluators: { r: { var: 'y' }, s: { var: 'x' } } }),
      );
      expect(changed).to.deep.equal(['a']);
    });

    it("overlays the set's metadata with the flag's, and reports each flag for which they differ", () => {
      const flags = { a: on(), b: on({ metadata: { team: 'b' } }) };
      const { snapshot, changed } = after(
        event('ALL', { flags, metadata: { team: 'x', tier: 1 } }),
        event('ALL', { flags, metadata: { team: 'y', tier: 1 } }),
      );
      expect(snapshot.get('a')?.metadata).to.deep.equal({ team: 'y', tier: 1 });
      expect(snapshot.get('b')?.metadata).to.deep.equal({ team: 'b', tier: 1 });
      expect(snapshot.metadata).to.deep.equal({ team: 'y', tier: 1 });
      expect(changed).to.deep.equal(['a']);
    });

    it('keeps the sync context until the server sends another, and reports the flags whose rules may read it', () => {
      const flags = { a: on({ targeting: { '==': [{ var: 'region' }, 'eu'] } }), b: on() };
      const all = (syncContext?: Record<string, string>): SyncEvent => ({
        type: 'ALL',
        flagSet: text({ flags }),
        ...(syncContext && { syncContext }),
      });
      expect(after(all({ region: 'eu' }), all()).snapshot.syncContext).to.deep.equal({ region: 'eu' });
      expect(after(all({ region: 'eu' }), all()).changed).to.deep.equal([]);
      expect(after(all({ region: 'eu' }), all({ region: 'us' })).changed).to.deep.equal(['a']);
      expect(after(all({ region: 'eu' }), all({})).snapshot.syncContext).to.deep.equal({});
    });
  });

  describe('ADD and UPDATE', () => {
    for (const type of ['ADD', 'UPDATE'] as const) {
      it(`${type} puts flags in, replaces those of the same key and leaves the others`, () => {
        const { changed, keys } = after(
          event('ALL', { flags: { a: on(), b: on() } }),
          event(type, { flags: { b: on({ state: 'DISABLED' }), c: on() } }),
        );
        expect(keys).to.deep.equal(['a', 'b', 'c']);
        expect(changed).to.deep.equal(['b', 'c']);
      });
    }

    it('report nothing for a flag that is the same', () => {
      expect(
        after(event('ALL', { flags: { a: on() } }), event('UPDATE', { flags: { a: on() } })).changed,
      ).to.deep.equal([]);
    });

    it('know the evaluators of earlier messages until the next ALL', () => {
      const flag = (state: string) => ({ flags: { a: on({ state, targeting: { $ref: 'r' } }) } });
      const all = event('ALL', { flags: {}, $evaluators: { r: { var: 'x' } } });
      expect(after(all, event('ADD', flag('ENABLED'))).complaints).to.deep.equal([]);
      const { complaints } = after(all, event('ALL', { flags: {} }), event('ADD', flag('ENABLED')));
      expect(complaints.join()).to.match(/^\/flags\/a\/targeting/);
    });

    it("overlay the set's metadata, and report each flag for which they differ", () => {
      const { snapshot, changed } = after(
        event('ALL', { flags: { a: on(), b: on({ metadata: { team: 'b' } }) }, metadata: { team: 'x', tier: 1 } }),
        event('UPDATE', { flags: {}, metadata: { team: 'y' } }),
      );
      expect(snapshot.metadata).to.deep.equal({ team: 'y', tier: 1 });
      expect(snapshot.get('a')?.metadata).to.deep.equal({ team: 'y', tier: 1 });
      expect(changed).to.deep.equal(['a']);
    });
  });

  describe('DELETE', () => {
    it('takes the keys out, and passes over unknown ones with a word', () => {
      const { changed, keys, complaints } = after(
        event('ALL', { flags: { a: on(), b: on() } }),
        event('DELETE', { flags: { a: {}, x: {} } }),
      );
      expect(keys).to.deep.equal(['b']);
      expect(changed).to.deep.equal(['a']);
      expect(complaints).to.deep.equal(['/flags/x is to be deleted, but was not there']);
    });

    for (const empty of ['', '{}', '{"flags":{}}', '{"flags":[]}']) {
      it(`takes all out if the message is ${JSON.stringify(empty)}`, () => {
        const { changed, keys } = after(event('ALL', { flags: { a: on(), b: on() } }), event('DELETE', empty));
        expect(keys).to.deep.equal([]);
        expect(changed).to.deep.equal(['a', 'b']);
      });
    }
  });

  it('changes nothing on PING, nor on a state it does not know, which it mentions', () => {
    const { snapshot } = after(event('ALL', { flags: { a: on() } }));
    expect(apply(snapshot, { type: 'PING' })).to.deep.equal({
      snapshot,
      flagsChanged: [],
      definitions: [],
      problems: [],
    });
    const unknown = apply(snapshot, { type: 'UNKNOWN', state: 7 });
    expect(unknown.snapshot).to.equal(snapshot);
    expect(unknown.problems.map(({ message }) => message)).to.deep.equal([
      'an event of the unknown state 7 is passed over',
    ]);
  });

  describe('text that cannot be used', () => {
    const unusable: [string, Uint8Array, RegExp][] = [
      ['is empty', bytes(''), /is not JSON/],
      ['is no JSON', bytes('{"flags":'), /is not JSON/],
      ['is no UTF-8', Uint8Array.from([...bytes('{"flags":{"'), 0xff, ...bytes('":{}}}')]), /is not valid UTF-8/],
      ['is no object', bytes('[]'), /is not a JSON object/],
      ['has no flags', bytes('{}'), /has no "flags"/],
      ['has unusable flags', bytes('{"flags":"none"}'), /neither an object nor an array/],
      ['has null for flags', bytes('{"flags":null}'), /neither an object nor an array/],
    ];
    for (const [what, flagSet, message] of unusable) {
      for (const type of ['ALL', 'ADD', 'UPDATE'] as const) {
        it(`is an error if an ${type} ${what}, and leaves the snapshot as it was`, () => {
          const { snapshot } = after(event('ALL', { flags: { a: on() } }));
          expect(() => apply(snapshot, { type, flagSet })).to.throw(FlagSetError, message);
          expect(snapshot.get('a')).to.include({ state: 'ENABLED' });
        });
      }
    }
  });

  describe('a broken flag', () => {
    const broken: [string, unknown, string][] = [
      ['is no object', 'on', '/flags/a is not an object'],
      ['has no state', { variants: { on: true } }, '/flags/a/state is missing; expected "ENABLED" or "DISABLED"'],
      ['has another state', on({ state: 'enabled' }), '/flags/a/state is "enabled"; expected "ENABLED" or "DISABLED"'],
      ['has no variants', { state: 'ENABLED' }, '/flags/a/variants is missing; expected an object'],
      ['has empty variants', on({ variants: {} }), '/flags/a/variants is empty; expected at least one variant'],
      ['has variants in an array', on({ variants: [true] }), '/flags/a/variants is an array; expected an object'],
      [
        'has null for a variant',
        on({ variants: { 'o/n': null } }),
        '/flags/a/variants/o~1n is null; expected a boolean, a string, a number or an object',
      ],
      [
        'has an unknown default',
        on({ defaultVariant: 'no' }),
        '/flags/a/defaultVariant is "no"; expected one of "on", "off"',
      ],
      [
        'has no string for a default',
        on({ defaultVariant: 1 }),
        '/flags/a/defaultVariant is 1; expected the name of a variant',
      ],
      [
        'is nested without end',
        on({ variants: { on: deep(2000) } }),
        '/flags/a/variants/on is nested deeper than 500 levels',
      ],
    ];
    for (const [what, definition, complaint] of broken) {
      it(`that ${what} costs only itself, and its place is told`, () => {
        const { snapshot, complaints } = after(event('ALL', { flags: { a: definition, b: on() } }));
        expect(complaints).to.deep.equal([complaint]);
        expect(snapshot.get('a')?.problem?.message).to.equal(complaint.replace(/^\S+ /, ''));
        expect(snapshot.get('b')?.problem).to.equal(undefined);
      });
    }

    it('is told once, not with every message', () => {
      const all = event('ALL', { flags: { a: 1, b: on() } });
      const { complaints, changed } = after(all, all);
      expect(complaints).to.deep.equal([]);
      expect(changed).to.deep.equal([]);
    });

    it('is broken also if an earlier version of it was good', () => {
      const { snapshot, changed } = after(event('ALL', { flags: { a: on() } }), event('ALL', { flags: { a: 1 } }));
      expect(snapshot.get('a')?.problem?.message).to.equal('is not an object');
      expect(changed).to.deep.equal(['a']);
    });

    it('by its rule is told with the place in the rule', () => {
      const { complaints } = after(event('ALL', { flags: { 'a/b': on({ targeting: { if: [{ nope: [] }, 'on'] } }) } }));
      expect(complaints).to.have.length(1);
      expect(complaints[0]).to.match(/^\/flags\/a~1b\/targeting\/if\/0\/nope /);
    });

    it('by its metadata keeps its value and loses only what cannot be used', () => {
      const { snapshot, complaints } = after(event('ALL', { flags: { a: on({ metadata: { team: 'a', list: [] } }) } }));
      expect(snapshot.get('a')?.metadata).to.deep.equal({ team: 'a' });
      expect(complaints.join()).to.match(/^\/flags\/a\/metadata\/list is neither/);
    });
  });

  it('takes "no default" and "no targeting" in every notation', () => {
    const flag = { state: 'ENABLED', variants: { on: true } };
    const { snapshot } = after(
      event('ALL', {
        flags: {
          absent: flag,
          null: { ...flag, defaultVariant: null, targeting: null },
          empty: { ...flag, defaultVariant: '', targeting: {} },
        },
      }),
    );
    for (const { defaultVariant, targeting } of snapshot.values() as Iterable<{
      defaultVariant: unknown;
      targeting: unknown;
    }>) {
      expect(defaultVariant).to.equal(undefined);
      expect(targeting).to.equal(undefined);
    }
  });

  it('takes __proto__, constructor and toString for ordinary names', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const all = names.map(
      (name) =>
        `"${name}":{"state":"ENABLED","variants":{"${name}":{"${name}":1}},"defaultVariant":"${name}","metadata":{"${name}":1}}`,
    );
    const { snapshot, keys, complaints } = after(event('ALL', `{"flags":{${all.join()}}}`));
    expect(complaints).to.deep.equal([]);
    expect(keys).to.deep.equal([...names].sort());
    for (const name of names) {
      const flag = snapshot.get(name);
      expect(flag).to.include({ defaultVariant: name });
      expect(Object.keys(flag?.metadata ?? {})).to.deep.equal([name]);
    }
    expect(({} as Record<string, unknown>).state).to.equal(undefined);
    expect(after(event('ALL', { flags: {} })).snapshot.get('constructor')).to.equal(undefined);
  });

  it('freezes what evaluations return', () => {
    const { snapshot } = after(
      event('ALL', {
        flags: { a: on({ variants: { on: { list: [{ deep: 1 }] } }, metadata: { team: 'a' } }) },
        metadata: { tier: 1 },
      }),
    );
    const flag = snapshot.get('a') as unknown as { variants: Map<string, { list: [object] }>; metadata: object };
    const value = flag.variants.get('on')!;
    for (const part of [value, value.list, value.list[0], flag.metadata, snapshot.metadata]) expect(part).to.be.frozen;
  });

  it('keeps no more memory than the text of the flags, whatever it was received in', () => {
    const received = (change: Change, flagSet: unknown): SyncEvent => {
      const content = text(flagSet);
      const memory = new Uint8Array(64 * 1024);
      memory.set(content, 100);
      return { type: change, flagSet: memory.subarray(100, 100 + content.length) };
    };
    const flags = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`flag-${i}`, on()]));
    const { snapshot } = after(
      received('ALL', { flags }),
      received('ALL', { flags: { ...flags, 'flag-7': on({ defaultVariant: 'off' }) } }),
      received('UPDATE', { flags: { 'flag-8': on({ defaultVariant: 'off' }) } }),
    );
    expect(kept(snapshot)).to.have.length(3);
    expect(Math.max(...kept(snapshot))).to.be.below(2 * text({ flags }).length);
    expect(Math.min(...kept(snapshot))).to.be.below(200);
  });

  for (const [how, changedAtOnce] of [
    ['few', 3],
    ['half', 50],
    ['most', 97],
  ] as const) {
    it(`keeps one message at most, however many come in which ${how} of the flags are others`, () => {
      let flags = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`flag-${i}`, on()]));
      let { snapshot } = after(event('ALL', { flags }));
      for (let push = 1; push <= 30; push++) {
        const entries = Object.entries(flags).reverse();
        const changed = new Set(entries.slice(push, push + changedAtOnce).map(([key]) => key));
        const another = on({ variants: { on: push, off: -push } });
        flags = Object.fromEntries(entries.map(([key, flag]) => [key, changed.has(key) ? another : flag]));
        const metadata = push % 2 === 0 ? { metadata: { push } } : {};
        snapshot = apply(snapshot, event(push % 3 === 0 ? 'UPDATE' : 'ALL', { flags, ...metadata })).snapshot;
      }
      const size = text({ flags }).length;
      expect(kept(snapshot).reduce((sum, each) => sum + each, 0)).to.be.below(3 * size);
    });
  }

  it('takes the flags of an array for the same as those of an object, whatever their numbers', () => {
    const flag = (head: string) =>
      `{${head}"state":"ENABLED","variants":{"on":{"a":-0,"b":1e999,"c":-1e999,"d":1e21}},"defaultVariant":"on",` +
      '"targeting":{"if":[{"<":[{"var":"x"},1e999]},"on"]}}';
    const { changed, complaints } = after(
      event('ALL', `{"flags":{"a":${flag('')}}}`),
      event('ALL', `{"flags":[${flag('"key":"a",')}]}`),
    );
    expect(complaints).to.deep.equal([]);
    expect(changed).to.deep.equal([]);
  });

  it('passes over an evaluator that is too deep, in every message, and breaks only the flags that refer to it', () => {
    const set = (state: string) => ({
      flags: { a: on({ targeting: { $ref: 'deep' } }), b: on({ state }) },
      $evaluators: { deep: deep(2000) },
    });
    const { changed, snapshot, complaints } = after(event('ALL', set('ENABLED')), event('ALL', set('DISABLED')));
    expect(changed).to.deep.equal(['b']);
    expect(snapshot.get('b')).to.include({ state: 'DISABLED' });
    expect(complaints).to.deep.equal(['/$evaluators/deep is nested deeper than 200 levels; it is passed over']);
  });

  it('tells of a fault that comes in without a change of the answers', () => {
    const { changed, complaints } = after(
      event('ALL', { flags: { a: on(), b: on() } }),
      event('ALL', { flags: { a: on({ metadata: { list: [] } }), b: on() } }),
    );
    expect(changed).to.deep.equal([]);
    expect(complaints).to.have.length(1);
    expect(complaints[0]).to.match(/^\/flags\/a\/metadata\/list is neither a string/);
  });

  it('tells of no fault again for a change of the metadata of the set', () => {
    const set = (version: number) => ({ flags: { a: on({ defaultVariant: 'no' }), b: on() }, metadata: { version } });
    const { changed, complaints } = after(event('ALL', set(1)), event('ALL', set(2)));
    expect(changed).to.deep.equal(['a', 'b']);
    expect(complaints).to.deep.equal([]);
  });

  it('leaves the earlier snapshot readable as it was', () => {
    const first = after(event('ALL', { flags: { a: on(), b: on() } })).snapshot;
    const second = apply(first, event('DELETE', { flags: { a: {} } })).snapshot;
    const third = apply(second, event('UPDATE', { flags: { b: on({ state: 'DISABLED' }), c: on() } })).snapshot;
    const other = apply(first, event('ADD', { flags: { d: on() } })).snapshot;
    const read = (snapshot: FlagSnapshot) =>
      [...snapshot.values()].map((flag) => `${flag.key} ${(flag as { state?: string }).state}`).sort();
    expect(read(first)).to.deep.equal(['a ENABLED', 'b ENABLED']);
    expect(read(second)).to.deep.equal(['b ENABLED']);
    expect(read(third)).to.deep.equal(['b DISABLED', 'c ENABLED']);
    expect(read(other)).to.deep.equal(['a ENABLED', 'b ENABLED', 'd ENABLED']);
    expect([first.get('a'), first.get('c'), first.size]).to.deep.equal([other.get('a'), undefined, 2]);
  });
});

function deep(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level++) value = { value };
  return value;
}
