import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { resolve, type FlagType } from '../../src/evaluation/resolve';
import { manyEvaluations } from '../targeting/run';
import { snapshotOf, type FlagSketch, type SetSketch } from './snapshot-of';

const silent = () => undefined;

/** Resolves `flag`, a boolean with the variants on and off unless the test says otherwise. */
function answer(sketch: FlagSketch, context: EvaluationContext = {}, set: SetSketch = {}, type: FlagType = 'boolean') {
  const snapshot = snapshotOf({ ...set, flags: { flag: sketch } });
  return resolve(snapshot, 'flag', type, 'fallback', context, silent);
}

describe('resolve', () => {
  const metadata = { owner: 'checkout' };

  it('answers an unknown key with FLAG_NOT_FOUND and the metadata of the set', () => {
    const details = resolve(snapshotOf({ metadata }), 'nobody', 'boolean', true, {}, silent);
    expect(details).to.deep.include({
      value: true,
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
      flagMetadata: metadata,
    });
    expect(details).not.to.have.property('variant');
    expect(details.errorMessage).to.contain('nobody');
  });

  it('answers with PROVIDER_NOT_READY before the first snapshot', () => {
    const details = resolve(undefined, 'flag', 'number', 7, {}, silent);
    expect(details).to.deep.include({ value: 7, reason: 'ERROR', errorCode: 'PROVIDER_NOT_READY' });
  });

  it('gives the default of a disabled flag, with its metadata and no error', () => {
    expect(answer({ state: 'DISABLED', defaultVariant: 'on', metadata, targeting: { unheard_of: [] } })).to.deep.equal({
      value: 'fallback',
      reason: 'DISABLED',
      flagMetadata: metadata,
    });
  });

  it('gives the default variant of a flag without targeting as STATIC', () => {
    const expected = { value: true, variant: 'on', reason: 'STATIC', flagMetadata: metadata };
    expect(answer({ defaultVariant: 'on', metadata })).to.deep.equal(expected);
  });

  it('gives the variant that targeting names', () => {
    const expected = { value: true, variant: 'on', reason: 'TARGETING_MATCH', flagMetadata: metadata };
    expect(answer({ defaultVariant: 'off', metadata, targeting: { if: [true, 'on'] } })).to.deep.equal(expected);
  });

  it('takes true and false for the variants "true" and "false"', () => {
    const sketch = { variants: { true: 'yes', false: 'no' }, targeting: { '==': [{ var: 'plan' }, 'pro'] } };
    expect(answer(sketch, { plan: 'pro' }, {}, 'string')).to.include({ value: 'yes', variant: 'true' });
    expect(answer(sketch, { plan: 'free' }, {}, 'string')).to.include({ value: 'no', variant: 'false' });
  });

  for (const [number, name] of [
    [2, '2'],
    [1.5, '1.5'],
    [-0, '0'],
    [1e21, '1e+21'],
  ] as const) {
    it(`takes the number ${name} for the variant of its JSON text`, () => {
      const sketch = { variants: { [name]: true }, targeting: { var: 'n' } };
      expect(answer(sketch, { n: number })).to.include({ value: true, variant: name, reason: 'TARGETING_MATCH' });
    });
  }

  it('gives the default variant where targeting gives null', () => {
    const expected = { value: false, variant: 'off', reason: 'DEFAULT', flagMetadata: metadata };
    expect(answer({ defaultVariant: 'off', metadata, targeting: { if: [false, 'on'] } })).to.deep.equal(expected);
  });

  for (const targeting of [{ '/': [1, 0] }, { '+': ['q', 1] }, { max: [] }]) {
    it(`takes ${JSON.stringify(targeting)}, which is not a finite number, for null`, () => {
      expect(answer({ defaultVariant: 'off', targeting })).to.include({ variant: 'off', reason: 'DEFAULT' });
    });
  }

  it('gives the default of the caller as DEFAULT where there is no default variant, with and without targeting', () => {
    const expected = { value: 'fallback', reason: 'DEFAULT', flagMetadata: metadata };
    expect(answer({ metadata })).to.deep.equal(expected);
    expect(answer({ metadata, targeting: { if: [false, 'on'] } })).to.deep.equal(expected);
  });

  for (const targeting of [
    'nowhere',
    '',
    5,
    { if: [true, 'nowhere'] },
    { merge: ['on'] },
    { var: '' },
  ] as JsonValue[]) {
    it(`answers GENERAL where targeting is ${JSON.stringify(targeting)}`, () => {
      const details = answer({ defaultVariant: 'on', metadata, targeting });
      expect(details).to.deep.include({
        value: 'fallback',
        reason: 'ERROR',
        errorCode: 'GENERAL',
        flagMetadata: metadata,
      });
      expect(details).not.to.have.property('variant');
    });
  }

  for (const [targeting, where] of [
    [{ if: [true, { unheard_of: [] }] }, '/targeting/if/1/unheard_of'],
    [{ if: [true, 'on'], and: [] }, '/targeting'],
    [{ a: 1, b: 2 }, '/targeting'],
    [{ if: [{ $ref: 'nobody' }, 'on'] }, '/targeting/if/0/$ref'],
    [{ preserve: 1 }, '/targeting/preserve'],
  ] as [JsonValue, string][]) {
    it(`answers PARSE_ERROR for ${JSON.stringify(targeting)}, and says where`, () => {
      const details = answer({ defaultVariant: 'on', metadata, targeting });
      expect(details).to.deep.include({
        value: 'fallback',
        reason: 'ERROR',
        errorCode: 'PARSE_ERROR',
        flagMetadata: metadata,
      });
      expect(details.errorMessage).to.contain(where);
    });
  }

  it('answers PARSE_ERROR for a broken flag, with its message', () => {
    const snapshot = snapshotOf({
      metadata,
      broken: { flag: { pointer: '/flags/flag/state', message: 'is missing' } },
    });
    const details = resolve(snapshot, 'flag', 'boolean', true, {}, silent);
    expect(details).to.deep.include({ value: true, reason: 'ERROR', errorCode: 'PARSE_ERROR', flagMetadata: metadata });
    expect(details.errorMessage).to.contain('/flags/flag/state is missing');
  });

  for (const [value, type] of [
    [true, 'boolean'],
    ['text', 'string'],
    [3, 'number'],
    [{ a: 1 }, 'object'],
  ] as [JsonValue, FlagType][]) {
    it(`answers TYPE_MISMATCH where a ${type} is asked for as anything else`, () => {
      for (const asked of ['boolean', 'string', 'number', 'object'] as const) {
        const sketch = { variants: { only: value }, defaultVariant: 'only', metadata };
        const details = answer(sketch, {}, {}, asked);
        if (asked === type) expect(details).to.include({ value, variant: 'only', reason: 'STATIC' });
        else {
          const expected = { value: 'fallback', reason: 'ERROR', errorCode: 'TYPE_MISMATCH', flagMetadata: metadata };
          expect(details).to.deep.include(expected);
          expect(details).not.to.have.property('variant');
        }
      }
    });
  }

  for (const [zero, type] of [
    [false, 'boolean'],
    [0, 'number'],
    ['', 'string'],
    [{}, 'object'],
  ] as [JsonValue, FlagType][]) {
    it(`takes ${JSON.stringify(zero)} for a value`, () => {
      const sketch = { variants: { zero }, defaultVariant: 'zero' };
      expect(answer(sketch, {}, {}, type)).to.include({ value: zero, variant: 'zero', reason: 'STATIC' });
      const targeted = { variants: { zero }, targeting: { if: [true, 'zero'] } };
      expect(answer(targeted, {}, {}, type)).to.include({ value: zero, variant: 'zero', reason: 'TARGETING_MATCH' });
    });
  }

  it('returns the object that the flag holds, and no copy of it', () => {
    const settings = Object.freeze({ retries: 3 });
    const sketch = { variants: { only: settings }, defaultVariant: 'only' };
    expect(answer(sketch, {}, {}, 'object').value).to.equal(settings);
  });

  for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`takes ${key} for a flag key, a variant and an attribute like any other`, () => {
      const variants = JSON.parse(`{${JSON.stringify(key)}: "here"}`) as Record<string, JsonValue>;
      const context = JSON.parse(`{${JSON.stringify(key)}: ${JSON.stringify(key)}}`) as EvaluationContext;
      const flags = Object.fromEntries([[key, { variants, targeting: { var: key } }]]);
      const snapshot = snapshotOf({ flags });
      for (let round = 0; round < manyEvaluations; round++) {
        expect(resolve(snapshot, key, 'string', '', context, silent)).to.include({ value: 'here', variant: key });
        expect(resolve(snapshot, key, 'string', '', {}, silent)).to.include({ value: '', reason: 'DEFAULT' });
      }
      expect(resolve(snapshotOf({}), key, 'string', '', context, silent).errorCode).to.equal('FLAG_NOT_FOUND');
      expect(resolve(snapshotOf({ flags: { other: {} } }), 'other', 'string', '', {}, silent).reason).to.equal(
        'DEFAULT',
      );
    });
  }

  it('lets the context of the server win over that of the caller', () => {
    const set = { syncContext: { region: 'eu' } };
    const sketch = { targeting: { if: [{ '==': [{ var: 'region' }, 'eu'] }, 'on', 'off'] } };
    expect(answer(sketch, { region: 'us' }, set)).to.include({ variant: 'on' });
  });

  it('never throws, whatever the logger does', () => {
    const snapshot = snapshotOf({ flags: { flag: { targeting: { log: 'on' } } } });
    const unprintable: object = new Proxy({}, { get: () => unprintable, getPrototypeOf: () => unprintable });
    for (const error of [new Error('disk full'), 'disk full', unprintable, undefined]) {
      const broken = () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- as others might
        throw error;
      };
      expect(resolve(snapshot, 'flag', 'boolean', true, {}, broken)).to.include({ value: true, errorCode: 'GENERAL' });
    }
  });
});
