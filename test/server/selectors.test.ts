import { expect } from 'chai';
import { parseSelector, SelectorError } from '../../src/server/selector';
import { Fixture, flag } from './fixture';
import { contractNames } from './test-client';

describe('parseSelector', () => {
  const accepted: readonly (readonly [string, object])[] = [
    ['', {}],
    ['flags.json', { source: 'flags.json' }],
    ['a,b.json', { source: 'a,b.json' }],
    ['source=flags.json', { source: 'flags.json' }],
    ['source=dir/a=b.json', { source: 'dir/a=b.json' }],
    ['flagSetId=checkout', { flagSetId: 'checkout' }],
    ['flagSetId=', { flagSetId: '' }],
    ['source=a.json, flagSetId=b', { source: 'a.json', flagSetId: 'b' }],
  ];
  for (const [text, selector] of accepted) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(parseSelector(text)).to.deep.equal(selector);
    });
  }

  for (const text of ['color=red', '=', 'flagSetId=a,b', 'source=a,source=b', 'flagsetid=a', ',source=a']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseSelector(text)).to.throw(SelectorError, JSON.stringify(text));
    });
  }
});

describe('SyncServer, with selectors', () => {
  const fixture = Fixture.perTest();

  async function start() {
    const one = fixture().write('one.json', { flags: { a: flag(), shared: flag() }, metadata: { flagSetId: 'one' } });
    const two = fixture().write('two.json', {
      flags: { b: flag(), shared: flag('off'), moved: flag('on', { metadata: { flagSetId: 'one' } }) },
      metadata: { flagSetId: 'two' },
    });
    const server = await fixture().start({ files: [one, two] });
    server.setFlag('c', flag(), 'memory');
    return { server, one, two };
  }

  for (const contract of contractNames) {
    describe(contract, () => {
      it('chooses by the header and by the request, of which the header wins', async () => {
        const { server, one, two } = await start();
        const client = fixture().connect(server, contract);
        const keys = async (asking: { selector?: string; header?: string }) => {
          const { flags } = await client.fetchAllFlags(asking);
          expect((await client.syncFlags(asking).next()).set.flags).to.deep.equal(flags);
          return Object.keys(flags).sort();
        };
        expect(await keys({})).to.deep.equal(['a', 'b', 'c', 'moved', 'shared']);
        expect(await keys({ header: `source=${one}` })).to.deep.equal(['a', 'shared']);
        expect(await keys({ selector: one })).to.deep.equal(['a', 'shared']);
        expect(await keys({ selector: one, header: 'source=memory' })).to.deep.equal(['c']);
        expect(await keys({ selector: one, header: '' })).to.deep.equal(['a', 'shared']);
        expect(await keys({ selector: 'memory' })).to.deep.equal(['c']);
        expect(await keys({ header: 'flagSetId=two' })).to.deep.equal(['b', 'shared']);
        expect(await keys({ header: 'flagSetId=one' })).to.deep.equal(['a', 'moved', 'shared']);
        expect(await keys({ header: 'flagSetId=' })).to.deep.equal(['c']);
        expect(await keys({ header: `flagSetId=one,source=${two}` })).to.deep.equal(['moved']);
      });

      it('serves an empty set for what it does not know, until it comes to be', async () => {
        const { server } = await start();
        const client = fixture().connect(server, contract);
        const stream = client.syncFlags({ header: 'source=later' });
        expect((await stream.next()).set).to.deep.equal({ flags: {} });
        expect(fixture().logger.at('warn').join('\n')).to.match(/^Client 1 gets no flags: .*, "memory"\.$/);
        server.setFlag('c', flag('off'), 'memory');
        server.setFlag('d', flag(), 'later');
        expect((await stream.next()).set).to.deep.equal({ flags: { d: flag() } });
      });

      it('refuses a malformed one and says what is expected', async () => {
        const { server } = await start();
        const client = fixture().connect(server, contract);
        const { code, details } = await client.syncFlags({ header: 'color=red' }).ended;
        expect({ code, details }).to.deep.equal({
          code: 3,
          details:
            'The selector "color=red" is malformed: "color=red" is neither. Expected "flagSetId=ID", "source=NAME", both with a comma between them, or just the name of a source.',
        });
        const fault = await client.fetchAllFlags({ selector: 'color=red' }).catch((error: unknown) => error);
        expect(fault).to.include({ code: 3 });
      });
    });
  }
});
