/**
 * Flags in traces and metrics: which flag a request was given, how evaluations go, and how the flags themselves arrive.
 *
 * Writes to the console; an application has exporters for its own collector in their place. PORT is where it listens.
 */
import { createServer } from 'node:http';
import { MetricsHook, SpanEventHook } from '@openfeature/open-telemetry-hooks';
import { OpenFeature } from '@openfeature/server-sdk';
import { metrics, trace } from '@opentelemetry/api';
import { ConsoleMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { ConsoleSpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';

// before the provider is made: it takes its meter then
const tracers = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] });
tracers.register();
const meters = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: new ConsoleMetricExporter() })],
});
metrics.setGlobalMeterProvider(meters);

OpenFeature.addHooks(new SpanEventHook(), new MetricsHook());
await OpenFeature.setProviderAndWait(new GrpcSyncProvider()).catch((error) => {
  // not the end: the defaults in the code serve until the first flags come
  console.error(`There are no flags yet: ${error.message}`);
});

const client = OpenFeature.getClient();
const tracer = trace.getTracer('checkout');

const server = createServer((request, response) => {
  void tracer.startActiveSpan('GET /checkout', async (span) => {
    const user = { targetingKey: request.headers['x-user'] ?? 'anonymous', plan: request.headers['x-plan'] ?? 'free' };
    const isNew = await client.getBooleanValue('new-checkout', false, user);
    span.end();
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ checkout: isNew ? 'new' : 'old' }));
  });
});
server.listen(Number(process.env.PORT ?? 0), () => {
  console.log(`Listening on http://localhost:${server.address().port}`);
});

/** The meters before the provider, so that the last export still has its gauges. */
function shutDown() {
  server.close(async () => {
    await meters.shutdown();
    await tracers.shutdown();
    await OpenFeature.close();
  });
  server.closeIdleConnections();
}
process.once('SIGTERM', shutDown);
process.once('SIGINT', shutDown);
