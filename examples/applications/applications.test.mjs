import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationRun } from './application-run.mjs';

const forNobody = { state: 'DISABLED', variants: { on: true, off: false }, defaultVariant: 'on' };

for (const application of ['express', 'fastify']) {
  describe(`the application in ${application}/`, () => {
    let run;
    const checkoutOf = async (user, plan) => {
      const { checkout } = await run.get('/checkout', { 'x-user': user, 'x-plan': plan });
      return checkout;
    };

    before(async () => {
      run = await ApplicationRun.start(`${application}/app.mjs`);
    });
    after(() => run?.kill());

    it('answers each of many requests for its own user', async () => {
      const plans = Array.from({ length: 40 }, (_, number) => (number % 2 === 0 ? 'pro' : 'free'));
      const answers = await Promise.all(plans.map((plan, number) => checkoutOf(`user-${number}`, plan)));
      assert.deepEqual(
        answers,
        plans.map((plan) => (plan === 'pro' ? 'new' : 'old')),
      );
    });

    it('follows what is pushed', async () => {
      await run.push('new-checkout', forNobody, async () => (await checkoutOf('ada', 'pro')) === 'old');
    });

    it('ends by itself when it is asked to', { skip: process.platform === 'win32' }, async () => {
      assert.deepEqual(await run.end(), { code: 0, signal: null });
    });
  });
}
