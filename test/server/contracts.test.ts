import { expect } from 'chai';
import { Fixture, flag } from './fixture';
import { contractNames } from './test-client';

describe('SyncServer, over both contracts', () => {
  const fixture = Fixture.perTest();

  for (const contract of contractNames) {
    describe(contract, () => {
      it('sends the whole flag set first, and answers FetchAllFlags with it', async () => {
        const flagSet = { flags: { a: flag() }, $evaluators: { all: { '==': [1, 1] } }, metadata: { version: 3 } };
        const server = await fixture().start({ files: [fixture().write('flags.json', flagSet)] });
        const client = fixture().connect(server, contract);
        const { state, set } = await client.syncFlags().next();
        expect(state).to.equal('ALL');
        expect(set).to.deep.equal(flagSet);
        expect(await client.fetchAllFlags()).to.deep.equal(flagSet);
      });

      it('sends an empty flag set where there are no flags', async () => {
        const client = fixture().connect(await fixture().start(), contract);
        expect((await client.syncFlags().next()).set).to.deep.equal({ flags: {} });
      });

      it('accepts an array of flags with keys, of which the later wins', async () => {
        const flags = [
          { key: 'a', ...flag('off') },
          { ...flag(), key: 'b' },
          { key: 'a', ...flag('on') },
        ];
        const server = await fixture().start({ files: [fixture().write('flags.json', { flags })] });
        const { set } = await fixture().connect(server, contract).syncFlags().next();
        expect(set).to.deep.equal({ flags: { a: flag('on'), b: flag() } });
      });

      it('serves keys like __proto__ as any other', async () => {
        const text = '{"flags":{"__proto__":{"state":"DISABLED","variants":{"on":true}},"constructor":{}}}';
        const server = await fixture().start({ files: [fixture().write('flags.json', text)] });
        server.setFlag('toString', flag());
        const { set } = await fixture().connect(server, contract).syncFlags().next();
        expect(Object.keys(set.flags)).to.have.members(['__proto__', 'constructor', 'toString']);
      });

      it('serves a broken flag as it is, and says what clients will find', async () => {
        const text =
          '{\n  "flags": {\n    "a": {\n      "state": "ON",\n      "variants": { "on": true }\n    }\n  }\n}';
        const server = await fixture().start({ files: [fixture().write('flags.json', text)] });
        const { set } = await fixture().connect(server, contract).syncFlags().next();
        expect(set).to.deep.equal(JSON.parse(text));
        expect(fixture().logger.at('warn').join('\n')).to.match(/flags\.json:4:16: \/flags\/a\/state is "ON"/);
      });

      it('sends messages of more than 4 MiB', async () => {
        const server = await fixture().start();
        const big = flag('on', { variants: { on: 'x'.repeat(6 * 1024 * 1024) } });
        server.setFlag('big', big);
        const client = fixture().connect(server, contract);
        expect((await client.syncFlags().next()).set.flags.big).to.deep.equal(big);
        expect((await client.fetchAllFlags()).flags.big).to.deep.equal(big);
      });

      it('serves several clients, of which one may go', async () => {
        const server = await fixture().start();
        const client = fixture().connect(server, contract);
        const [one, other] = [client.syncFlags({ providerId: 'one' }), client.syncFlags()];
        await Promise.all([one.next(), other.next()]);
        one.cancel();
        await fixture().logger.line(/^info Client \d has gone/);
        server.setFlag('a', flag());
        expect((await other.next()).set).to.deep.equal({ flags: { a: flag() } });
        expect(fixture().logger.at('info').join('\n')).to.match(
          new RegExp(`Client \\d subscribed: at [^ ]+:\\d+, ${contract.replaceAll('.', '\\.')}, provider id "one"`),
        );
      });
    });
  }

  describe('flagd.sync.v1', () => {
    it('sends the context values with every message, and as metadata', async () => {
      const contextValues = { region: 'eu', shard: 3, beta: true, team: { name: 'x' }, roles: ['a', null] };
      const sent = { ...contextValues, since: '1970-01-01T00:00:00.000Z' };
      const given = { ...contextValues, since: new Date(0), unknown: undefined as never };
      const server = await fixture().start({ contextValues: given });
      const client = fixture().connect(server, 'flagd.sync.v1');
      const stream = client.syncFlags();
      expect((await stream.next()).context).to.deep.equal(sent);
      server.setFlag('a', flag());
      expect((await stream.next()).context).to.deep.equal(sent);
      expect(await client.getMetadata()).to.deep.equal(sent);
    });

    it('says that there are no context values', async () => {
      const client = fixture().connect(await fixture().start(), 'flagd.sync.v1');
      expect((await client.syncFlags().next()).context).to.deep.equal({});
      expect(await client.getMetadata()).to.deep.equal({});
    });

    it('sends the new whole after each change, and nothing if nothing has changed', async () => {
      const server = await fixture().start();
      const stream = fixture().connect(server, 'flagd.sync.v1').syncFlags();
      await stream.next();
      server.setFlag('a', flag());
      expect((await stream.next()).set).to.deep.equal({ flags: { a: flag() } });
      server.setFlag('a', flag());
      server.deleteFlag('b');
      server.setFlags({ flags: { b: flag('off'), a: flag() } });
      expect((await stream.next()).set).to.deep.equal({ flags: { a: flag(), b: flag('off') } });
      server.deleteFlag('a');
      expect((await stream.next()).set).to.deep.equal({ flags: { b: flag('off') } });
    });
  });

  describe('sync.v1', () => {
    it('sends what was added, updated and deleted, each with the definitions', async () => {
      const server = await fixture().start();
      const stream = fixture().connect(server, 'sync.v1').syncFlags();
      await stream.next();
      server.setFlag('a', flag());
      expect(await stream.next()).to.deep.equal({ state: 'ADD', set: { flags: { a: flag() } } });
      server.setFlag('a', flag('off'));
      expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: { flags: { a: flag('off') } } });
      server.deleteFlag('a');
      expect(await stream.next()).to.deep.equal({ state: 'DELETE', set: { flags: { a: flag('off') } } });
    });

    it('adds before it deletes, and leaves out what has not changed', async () => {
      const server = await fixture().start();
      server.setFlags({ flags: { a: flag(), b: flag(), c: flag() } });
      const stream = fixture().connect(server, 'sync.v1').syncFlags();
      await stream.next();
      server.setFlags({ flags: { a: flag(), c: flag('off'), d: flag() } });
      expect([await stream.next(), await stream.next(), await stream.next()]).to.deep.equal([
        { state: 'ADD', set: { flags: { d: flag() } } },
        { state: 'UPDATE', set: { flags: { c: flag('off') } } },
        { state: 'DELETE', set: { flags: { b: flag() } } },
      ]);
    });

    it('sends a changed rule with the flags that refer to it, and with no others', async () => {
      const server = await fixture().start();
      const byRule = flag('on', { targeting: { if: [{ $ref: 'staff' }, 'on', 'off'] } });
      server.setFlags({ flags: { a: byRule, b: flag() }, $evaluators: { staff: true, other: false } });
      const stream = fixture().connect(server, 'sync.v1').syncFlags();
      await stream.next();
      server.setFlags({ flags: { a: byRule, b: flag() }, $evaluators: { staff: false, other: true } });
      const update = { flags: { a: byRule }, $evaluators: { staff: false } };
      expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: update });
    });

    it('sends the whole if a rule is taken away, or the metadata changes', async () => {
      const server = await fixture().start();
      const stream = fixture().connect(server, 'sync.v1').syncFlags();
      await stream.next();
      const sets = [
        { flags: { a: flag() }, $evaluators: { staff: true } },
        { flags: { a: flag('off') } },
        { flags: { a: flag('off') }, metadata: { version: 1 } },
      ];
      server.setFlags(sets[0]!);
      expect((await stream.next()).state).to.equal('ADD');
      for (const set of sets.slice(1)) {
        server.setFlags(set);
        expect(await stream.next()).to.deep.equal({ state: 'ALL', set });
      }
    });
  });

  it('takes nothing from code that could not be served, and says so', async () => {
    const server = await fixture().start({ files: [fixture().write('flags.json', { flags: {} })] });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(() => server.setFlags({ flags: 5 } as never)).to.throw('neither an object nor an array');
    expect(() => server.setFlag('a', circular as never)).to.throw('circular');
    expect(() => server.setFlag('a', flag(), `${fixture().folder}/flags.json`)).to.throw('is a file');
    const client = fixture().connect(server, 'sync.v1');
    expect(await client.fetchAllFlags()).to.deep.equal({ flags: {} });
  });

  it('keeps no hold on what it was given', async () => {
    const server = await fixture().start();
    const given = { ...flag(), variants: { on: { limit: 1 } } };
    server.setFlag('a', given);
    given.variants.on.limit = 2;
    const { flags } = await fixture().connect(server, 'sync.v1').fetchAllFlags();
    expect(flags.a?.variants).to.deep.equal({ on: { limit: 1 } });
  });
});
