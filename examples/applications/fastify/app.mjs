/**
 * A Fastify application: one provider for the process, and for each request the user's attributes as transaction context.
 *
 * Where the flags come from, FLAGD_* variables tell it. PORT is where it listens, by default any free port.
 */
import { AsyncLocalStorageTransactionContextPropagator, OpenFeature } from '@openfeature/server-sdk';
import fastify from 'fastify';
import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';

OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
await OpenFeature.setProviderAndWait(new GrpcSyncProvider()).catch((error) => {
  // not the end: the defaults in the code serve until the first flags come
  console.error(`There are no flags yet: ${error.message}`);
});

const app = fastify();

/** From here on, whatever this request calls is evaluated for its user. It takes a callback: the context lasts within it. */
app.addHook('preHandler', (request, _reply, done) => {
  const user = {
    targetingKey: request.headers['x-user'] ?? 'anonymous',
    plan: request.headers['x-plan'] ?? 'free',
  };
  OpenFeature.setTransactionContext(user, () => done());
});

app.get('/checkout', async () => ({ checkout: await checkout() }));

/** Knows neither the request nor the user. */
async function checkout() {
  const isNew = await OpenFeature.getClient().getBooleanValue('new-checkout', false);
  return isNew ? 'new' : 'old';
}

/** Runs when the requests that were under way have ended: nothing is left that keeps the process alive. */
app.addHook('onClose', () => OpenFeature.close());
const shutDown = () => app.close();
process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);

console.log(`Listening on ${await app.listen({ port: Number(process.env.PORT ?? 0) })}`);
