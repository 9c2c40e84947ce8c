import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ApplicationRun } from './application-run.mjs';

const forNobody = { state: 'DISABLED', variants: { on: true, off: false }, defaultVariant: 'on' };

const applications = [
  { file: 'express/app.mjs', ending: { code: 0, signal: null } },
  { file: 'fastify/app.mjs', ending: { code: 0, signal: null } },
  // NestJS sends the signal again when its hooks have run
  { file: 'nestjs/app.mts', ending: { code: null, signal: 'SIGTERM' } },
];

for (const { file, ending } of applications) {
  describe(`the application in ${file}`, () => {
    let run;
    const checkoutOf = async (user, plan) => {
      const { checkout } = await run.get('/checkout', { 'x-user': user, 'x-plan': plan });
      return checkout;
    };

    before(async () => {
      run = await ApplicationRun.start(file);
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
      const { code, signal } = await run.end();
      assert.deepEqual({ code, signal }, ending);
    });
  });
}

describe('the application in opentelemetry/app.mjs', () => {
  it('writes its flags into traces and metrics', { skip: process.platform === 'win32' }, async () => {
    const run = await ApplicationRun.start('opentelemetry/app.mjs');
    try {
      assert.deepEqual(await run.get('/checkout', { 'x-user': 'ada', 'x-plan': 'pro' }), { checkout: 'new' });
      const { code, output } = await run.end();
      assert.equal(code, 0);
      assert.match(output, /name: 'GET \/checkout'/);
      assert.match(output, /'feature_flag.key': 'new-checkout'/);
      assert.match(output, /name: 'feature_flag.evaluation_requests_total'/);
      assert.match(output, /name: 'feature_flag.sync.flags'/);
    } finally {
      await run.kill();
    }
  });
});
