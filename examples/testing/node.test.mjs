import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { OpenFeature } from '@openfeature/server-sdk';
import { TestFlags } from 'openfeature-grpc-sync-provider/testing';
import { price } from './checkout.mjs';

const flags = new TestFlags({ 'discount-percent': 0 });

/** As in a flag file, and evaluated as in production. */
const discountForTeams = {
  state: 'ENABLED',
  variants: { none: 0, team: 20 },
  defaultVariant: 'none',
  targeting: { if: [{ '==': [{ var: 'plan' }, 'team'] }, 'team'] },
};

describe('price', () => {
  before(() => OpenFeature.setProviderAndWait(flags.provider));
  afterEach(() => flags.restore());
  after(() => OpenFeature.close());

  it('is the total without a discount', async () => {
    assert.equal(await price({ total: 50 }), 50);
  });

  it('is lower with a discount', async () => {
    flags.override('discount-percent', 10);
    assert.equal(await price({ total: 50 }), 45);
  });

  it('is lower for teams, and asks for this user', async () => {
    flags.override('discount-percent', discountForTeams);
    assert.equal(await price({ total: 50 }, { targetingKey: 'ada', plan: 'team' }), 40);
    assert.equal(await price({ total: 50 }, { targetingKey: 'ben', plan: 'free' }), 50);
    const asked = flags.evaluations.map(({ flagKey, context }) => [flagKey, context.targetingKey]);
    assert.deepEqual(asked, [
      ['discount-percent', 'ada'],
      ['discount-percent', 'ben'],
    ]);
  });
});
