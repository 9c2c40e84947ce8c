/**
 * An Express application: one provider for the process, and for each request the user's attributes as transaction context.
 *
 * Where the flags come from, FLAGD_* variables tell it. PORT is where it listens, by default any free port.
 */
import { AsyncLocalStorageTransactionContextPropagator, OpenFeature } from '@openfeature/server-sdk';
import express from 'express';
import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';

OpenFeature.setTransactionContextPropagator(new AsyncLocalStorageTransactionContextPropagator());
await OpenFeature.setProviderAndWait(new GrpcSyncProvider()).catch((error) => {
  // not the end: the defaults in the code serve until the first flags come
  console.error(`There are no flags yet: ${error.message}`);
});

const app = express();

/** From here on, whatever this request calls is evaluated for its user. */
app.use((request, _response, next) => {
  const user = { targetingKey: request.get('x-user') ?? 'anonymous', plan: request.get('x-plan') ?? 'free' };
  OpenFeature.setTransactionContext(user, () => next());
});

app.get('/checkout', async (_request, response) => {
  response.json({ checkout: await checkout() });
});

/** Knows neither the request nor the user. */
async function checkout() {
  const isNew = await OpenFeature.getClient().getBooleanValue('new-checkout', false);
  return isNew ? 'new' : 'old';
}

const server = app.listen(Number(process.env.PORT ?? 0), () => {
  console.log(`Listening on http://localhost:${server.address().port}`);
});

/** First the requests that are under way, then the provider: nothing is left that keeps the process alive. */
function shutDown() {
  server.close(() => OpenFeature.close());
  server.closeIdleConnections();
}
process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);
