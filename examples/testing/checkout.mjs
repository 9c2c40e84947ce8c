import { OpenFeature } from '@openfeature/server-sdk';

/** The code under test: it knows OpenFeature, and nothing of where the flags come from. */
export async function price(basket, user) {
  const client = OpenFeature.getClient();
  const percent = await client.getNumberValue('discount-percent', 0, user);
  return (basket.total * (100 - percent)) / 100;
}
