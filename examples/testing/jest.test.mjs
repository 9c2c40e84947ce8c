import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
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

beforeAll(() => OpenFeature.setProviderAndWait(flags.provider));
afterEach(() => flags.restore());
afterAll(() => OpenFeature.close());

test('the price is the total without a discount', async () => {
  expect(await price({ total: 50 })).toBe(50);
});

test('it is lower with a discount', async () => {
  flags.override('discount-percent', 10);
  expect(await price({ total: 50 })).toBe(45);
});

test('it is lower for teams, and asks for this user', async () => {
  flags.override('discount-percent', discountForTeams);
  expect(await price({ total: 50 }, { targetingKey: 'ada', plan: 'team' })).toBe(40);
  expect(await price({ total: 50 }, { targetingKey: 'ben', plan: 'free' })).toBe(50);
  expect(flags.evaluations.map(({ flagKey, context }) => [flagKey, context.targetingKey])).toEqual([
    ['discount-percent', 'ada'],
    ['discount-percent', 'ben'],
  ]);
});
