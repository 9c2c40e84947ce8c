import type { EvaluationContext } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { evaluateAll } from '../../src/evaluation/evaluate-all';
import { resolve } from '../../src/evaluation/resolve';
import { snapshotOf } from './snapshot-of';

const silent = () => undefined;

describe('evaluateAll', () => {
  const metadata = { team: 'web' };
  const snapshot = snapshotOf({
    metadata,
    syncContext: { region: 'eu' },
    broken: { torn: { pointer: '/flags/torn/state', message: 'is missing' } },
    flags: {
      boolean: { defaultVariant: 'on' },
      object: { variants: { only: { a: [1, { b: 2 }] } }, defaultVariant: 'only' },
      zero: { variants: { zero: 0 }, defaultVariant: 'zero' },
      targeted: { defaultVariant: 'off', targeting: { if: [{ '==': [{ var: 'plan' }, 'pro'] }, 'on'] } },
      regional: { targeting: { if: [{ '==': [{ var: 'region' }, 'eu'] }, 'on', 'off'] } },
      disabled: { state: 'DISABLED', defaultVariant: 'on' },
      defaultless: { metadata: { team: 'api' } },
      lost: { targeting: 'nowhere' },
      unknown: { targeting: { nope: 1 } },
    },
  });

  it('gives every flag with its details, null where it has no answer of its own', () => {
    const all = evaluateAll(snapshot, { plan: 'pro', region: 'us' }, silent);
    const flagMetadata = metadata;
    expect(all).to.have.all.keys([...snapshot.values()].map(({ key }) => key));
    expect(all).to.deep.include({
      boolean: { flagKey: 'boolean', value: true, variant: 'on', reason: 'STATIC', flagMetadata },
      object: { flagKey: 'object', value: { a: [1, { b: 2 }] }, variant: 'only', reason: 'STATIC', flagMetadata },
      zero: { flagKey: 'zero', value: 0, variant: 'zero', reason: 'STATIC', flagMetadata },
      targeted: { flagKey: 'targeted', value: true, variant: 'on', reason: 'TARGETING_MATCH', flagMetadata },
      regional: { flagKey: 'regional', value: true, variant: 'on', reason: 'TARGETING_MATCH', flagMetadata },
      disabled: { flagKey: 'disabled', value: null, reason: 'DISABLED', flagMetadata },
      defaultless: { flagKey: 'defaultless', value: null, reason: 'DEFAULT', flagMetadata: { team: 'api' } },
    });
    expect(all.lost).to.include({ value: null, reason: 'ERROR', errorCode: 'GENERAL' });
    expect(all.unknown).to.include({ value: null, reason: 'ERROR', errorCode: 'PARSE_ERROR' });
    expect(all.torn).to.include({ value: null, reason: 'ERROR', errorCode: 'PARSE_ERROR' });
  });

  it('says of each flag what resolve says', () => {
    for (const context of [{}, { plan: 'pro' }, { plan: 'free', region: 'us' }] as EvaluationContext[]) {
      for (const [key, { flagKey, ...details }] of Object.entries(evaluateAll(snapshot, context, silent))) {
        expect(flagKey).to.equal(key);
        const type = details.value === null ? 'boolean' : (typeof details.value as 'boolean');
        expect(details).to.deep.equal(resolve(snapshot, key, type, null, context, silent));
      }
    }
  });

  it('is a plain object, ready for JSON.stringify', () => {
    const all = evaluateAll(snapshot, {}, silent);
    expect(Object.getPrototypeOf(all)).to.equal(Object.prototype);
    expect(JSON.parse(JSON.stringify(all))).to.deep.equal(all);
  });

  it('has flags called __proto__ and constructor like any other', () => {
    const flags = JSON.parse(
      '{"__proto__": {"defaultVariant": "on"}, "constructor": {"defaultVariant": "on"}}',
    ) as object;
    const all = evaluateAll(snapshotOf({ flags: { ...flags } }), {}, silent);
    expect(Object.keys(all)).to.have.members(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(all)).to.equal(Object.prototype);
    const copy = JSON.parse(JSON.stringify(all)) as typeof all;
    expect(Object.getOwnPropertyDescriptor(copy, '__proto__')?.value).to.include({ value: true, variant: 'on' });
  });

  it('is empty before the first flags', () => {
    expect(evaluateAll(undefined, {}, silent)).to.deep.equal({});
  });
});
