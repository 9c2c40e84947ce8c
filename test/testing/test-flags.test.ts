import {
  OpenFeature,
  ProviderEvents,
  type Client,
  type EventHandler,
  type JsonValue,
  type ServerProviderEvents,
} from '@openfeature/server-sdk';
import { expect } from 'chai';
import { TestFlags, type TestFlag } from '../../src/testing';

/** A domain of its own: others use OpenFeature in the same process. */
const domain = 'test-flags';

const betaForAcme: TestFlag = {
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting: { if: [{ ends_with: [{ var: 'email' }, '@acme.test'] }, 'on'] },
};

describe('TestFlags', () => {
  let flags: TestFlags;
  let client: Client;
  let changes: (readonly string[] | undefined)[];
  const note: EventHandler<ServerProviderEvents.ConfigurationChanged> = (details) =>
    changes.push(details?.flagsChanged);

  const use = async (initial?: Readonly<Record<string, TestFlag>>) => {
    flags = new TestFlags(initial);
    await OpenFeature.setProviderAndWait(domain, flags.provider);
  };

  beforeEach(() => {
    changes = [];
    client = OpenFeature.getClient(domain);
    client.addHandler(ProviderEvents.ConfigurationChanged, note);
  });
  afterEach(async () => {
    client.removeHandler(ProviderEvents.ConfigurationChanged, note);
    await OpenFeature.clearProviders();
  });

  it('gives each flag the value it was given, whatever its type', async () => {
    await use({ checkout: true, colour: 'red', limit: 0, layout: { pageSize: 20 } });
    expect(await client.getBooleanValue('checkout', false)).to.be.true;
    expect(await client.getStringValue('colour', 'blue')).to.equal('red');
    expect(await client.getNumberValue('limit', 5)).to.equal(0);
    expect(await client.getObjectValue('layout', {})).to.deep.equal({ pageSize: 20 });
    expect(await client.getBooleanDetails('checkout', false)).to.include({ variant: 'on', reason: 'STATIC' });
  });

  it('answers for other flags and other types as in production', async () => {
    await use({ colour: 'red' });
    expect(await client.getBooleanDetails('checkout', true)).to.include({ value: true, errorCode: 'FLAG_NOT_FOUND' });
    expect(await client.getBooleanDetails('colour', true)).to.include({ value: true, errorCode: 'TYPE_MISMATCH' });
  });

  it('runs the rules of a definition', async () => {
    await use({ beta: betaForAcme });
    const details = await client.getBooleanDetails('beta', false, { email: 'ada@acme.test' });
    expect(details).to.include({ value: true, reason: 'TARGETING_MATCH' });
    expect(await client.getBooleanValue('beta', true, { email: 'ada@example.com' })).to.be.false;
  });

  it('changes at once, and tells which flags answer differently', async () => {
    await use({ a: true, b: true });
    flags.set('a', false);
    expect(flags.provider.evaluate('a', true).value).to.be.false;
    flags.set('b', true);
    flags.set('c', 'new');
    flags.remove('b');
    flags.remove('unknown');
    expect(changes).to.deep.equal([['a'], ['c'], ['b']]);
    expect(await client.getBooleanDetails('b', false)).to.include({ errorCode: 'FLAG_NOT_FOUND' });
  });

  it('restores overrides, one by one or all together', async () => {
    await use({ a: false, b: 'base' });
    const first = flags.override('b', 'first');
    const second = flags.override('b', 'second');
    flags.override('a', true);
    flags.override('c', 1);
    const value = () => flags.provider.evaluate('b', '').value;
    expect(value()).to.equal('second');
    first.restore();
    expect(value()).to.equal('second');
    second.restore();
    second.restore();
    expect(value()).to.equal('base');
    changes = [];
    flags.restore();
    expect(changes).to.deep.equal([['a', 'c']]);
    expect(await client.getBooleanValue('a', true)).to.be.false;
  });

  it('restores an override at the end of the block with using', async () => {
    await use({ a: false });
    {
      using override = flags.override('a', true);
      expect(override).to.respondTo('restore');
      expect(flags.provider.evaluate('a', false).value).to.be.true;
    }
    expect(flags.provider.evaluate('a', true).value).to.be.false;
  });

  it('keeps what is set under an override', async () => {
    await use({ a: 'first' });
    flags.override('a', 'overridden');
    flags.set('a', 'second');
    expect(flags.provider.evaluate('a', '').value).to.equal('overridden');
    flags.restore();
    expect(flags.provider.evaluate('a', '').value).to.equal('second');
  });

  it('records which flag was asked for with which context, and what it answered', async () => {
    await use({ beta: betaForAcme });
    const context = { targetingKey: 'ada', email: 'ada@acme.test' };
    await client.getBooleanValue('beta', false, context);
    flags.provider.evaluate('missing', 'x');
    context.email = 'changed later';
    const [asked, missing] = flags.evaluations;
    expect(asked).to.include({ flagKey: 'beta', value: true, variant: 'on', reason: 'TARGETING_MATCH' });
    expect(asked?.context).to.deep.equal({ targetingKey: 'ada', email: 'ada@acme.test' });
    expect(missing).to.include({ flagKey: 'missing', value: 'x', errorCode: 'FLAG_NOT_FOUND' });
    flags.restore();
    expect(flags.evaluations).to.deep.equal([]);
  });

  it('keeps a copy of what it is given', async () => {
    const layout = { pageSize: 20 };
    await use({ layout });
    layout.pageSize = 50;
    flags.set('other', true);
    expect(await client.getObjectValue('layout', {})).to.deep.equal({ pageSize: 20 });
  });

  it('takes any name for a flag', async () => {
    await use({ constructor: true });
    flags.set('__proto__', 'x');
    expect(changes).to.deep.equal([['__proto__']]);
    expect(flags.provider.evaluate('__proto__', '').value).to.equal('x');
    expect(flags.provider.evaluate('constructor', false).value).to.be.true;
  });

  it('answers all flags, and explains one', async () => {
    await use({ a: true, beta: betaForAcme });
    expect(Object.keys(flags.provider.evaluateAll())).to.deep.equal(['a', 'beta']);
    expect(flags.provider.explain('beta', { email: 'ada@acme.test' }).resolution.variant).to.equal('on');
    expect(flags.provider.syncStatus()).to.deep.equal({ status: 'READY', flagCount: 2, flagSetMetadata: {} });
  });

  it('lets a test emit what a lost connection emits', async () => {
    await use({ a: true });
    flags.provider.events.emit(ProviderEvents.Stale, { message: 'The server is gone.' });
    expect(client.providerStatus).to.equal('STALE');
    expect(await client.getBooleanValue('a', false)).to.be.true;
  });

  const broken: [string, TestFlag, string][] = [
    [
      'without a state',
      { variants: { on: true } },
      'In the test\'s flags, /flags/x/state is missing; expected "ENABLED"',
    ],
    ['with a rule that cannot run', { ...betaForAcme, targeting: { magic: [] } }, '/flags/x/targeting'],
    ['with a list as value', [1] as unknown as Record<string, JsonValue>, '/flags/x/variants/value is'],
    ['with a number that JSON has not', NaN, '/flags/x/variants/value is null'],
  ];
  for (const [what, flag, message] of broken) {
    it(`refuses a flag ${what}, and stays as it was`, async () => {
      await use({ x: 'good' });
      expect(() => flags.set('x', flag)).to.throw(message);
      expect(() => flags.override('x', flag)).to.throw(message);
      expect(() => new TestFlags({ x: flag })).to.throw(message);
      flags.set('y', true);
      expect(flags.provider.evaluate('x', '').value).to.equal('good');
      expect(changes).to.deep.equal([['y']]);
    });
  }
});
