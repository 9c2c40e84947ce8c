import diagnosticsChannel from 'node:diagnostics_channel';
import { metrics } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { OpenFeature } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { GrpcSyncProvider, type SnapshotMessage, type StatusMessage } from '../src';
import { SyncServer, type FlagDefinition } from '../src/server';
import { silent } from './support/options';
import { ProviderRun } from './support/provider-run';
import { ScriptedServer } from './support/scripted-server';

const on: FlagDefinition = { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' };

describe('what can be observed of a provider', () => {
  let server: SyncServer;
  let channels: Record<string, unknown[]>;
  const listeners: [string, diagnosticsChannel.ChannelListener][] = [];

  beforeEach(async () => {
    server = new SyncServer({ host: '127.0.0.1', port: 0, logger: silent });
    server.setFlags({ flags: { a: on, b: on }, metadata: { version: 'v7' } });
    await server.start();
    channels = {};
    for (const name of ['status', 'snapshot', 'refused']) {
      const messages: unknown[] = (channels[name] = []);
      const listener: diagnosticsChannel.ChannelListener = (message) => messages.push(message);
      listeners.push([`openfeature-grpc-sync-provider:${name}`, listener]);
    }
    for (const [name, listener] of listeners) diagnosticsChannel.subscribe(name, listener);
  });
  afterEach(async () => {
    for (const [name, listener] of listeners.splice(0)) diagnosticsChannel.unsubscribe(name, listener);
    await OpenFeature.clearProviders();
    await server.stop();
  });

  it('is its status, as an object that can be written as JSON', async () => {
    const provider = new GrpcSyncProvider({ logger: silent });
    expect(provider.syncStatus()).to.deep.equal({ status: 'NOT_READY', flagCount: 0, flagSetMetadata: {} });
    const run = await new ProviderRun({ port: server.port, providerId: 'me' }).start();
    const { source, ...status } = run.provider.syncStatus();
    expect(status).to.deep.equal({ status: 'READY', flagCount: 2, flagSetMetadata: { version: 'v7' } });
    expect(source).to.deep.include({ state: 'live', protocol: 'flagd.sync.v1', reconnects: 0 });
    expect(source?.address).to.contain(String(server.port));
    expect(source?.lastMessage).to.include({ type: 'ALL' });
    expect(new Date(source!.lastMessage!.at).getTime()).to.be.closeTo(Date.now(), 60_000);
    expect(JSON.parse(JSON.stringify(run.provider.syncStatus()))).to.deep.equal(run.provider.syncStatus());
    await server.stop();
    await run.next('STALE');
    expect(run.provider.syncStatus()).to.include({ status: 'STALE', flagCount: 2 });
    expect(run.provider.syncStatus().source?.lastError?.code).to.equal('UNAVAILABLE');
  });

  it('is published on diagnostics channels', async () => {
    const run = await new ProviderRun({ port: server.port }).start();
    server.setFlag('b', { ...on, defaultVariant: 'off' });
    await run.next('CHANGED');
    expect((channels.status as StatusMessage[]).map(({ status }) => status)).to.deep.equal(['READY']);
    const snapshots = (channels.snapshot as SnapshotMessage[]).map(({ durationMs, bytes, ...message }) => {
      expect(durationMs).to.be.greaterThan(0);
      expect(bytes).to.be.greaterThan(100);
      return message;
    });
    expect(snapshots).to.deep.equal([
      { type: 'ALL', flagCount: 2, flagsChanged: ['a', 'b'] },
      { type: 'ALL', flagCount: 2, flagsChanged: ['b'] },
    ]);
    await server.stop();
    await run.next('STALE');
    expect((channels.status as StatusMessage[])[1]?.reason)
      .to.be.a('string')
      .and.not.equal('');
  });

  it('is published also where a message is refused', async () => {
    const scripted = await ScriptedServer.start();
    scripted.onStream = (stream) => stream.sendAll('{"flags":{}}');
    const run = await new ProviderRun({ port: scripted.port }).start();
    (await scripted.nextStream()).sendAll('{');
    await run.next('STALE');
    expect(channels.refused).to.have.length(1);
    await OpenFeature.clearProviders();
    scripted.stop();
  });

  it('is measured by OpenTelemetry, until the provider is closed', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
    const meters = new MeterProvider({ readers: [reader] });
    metrics.setGlobalMeterProvider(meters);
    const read = async () => {
      exporter.reset();
      await reader.forceFlush();
      const [resource] = exporter.getMetrics();
      return new Map(
        (resource?.scopeMetrics[0]?.metrics ?? []).map(({ descriptor, dataPoints }) => [
          `${descriptor.name} ${descriptor.unit}`,
          dataPoints.map(({ attributes, value }) => ({
            ...attributes,
            value: typeof value === 'number' ? value : (value as { count: number }).count,
          })),
        ]),
      );
    };
    try {
      const run = await new ProviderRun({ port: server.port }).start();
      const me = { 'feature_flag.provider.name': 'grpc-sync' };
      const measured = await read();
      expect(measured.get('feature_flag.sync.flags {flag}')).to.deep.equal([{ ...me, value: 2 }]);
      expect(measured.get('feature_flag.sync.ready 1')).to.deep.equal([{ ...me, value: 1 }]);
      expect(measured.get('feature_flag.sync.message.duration s')).to.deep.equal([{ ...me, value: 1 }]);
      expect(measured.get('feature_flag.sync.messages {message}')).to.deep.equal([
        { ...me, 'feature_flag.sync.message.type': 'ALL', value: 1 },
      ]);
      await server.stop();
      await run.next('STALE');
      const later = await read();
      expect(later.get('feature_flag.sync.ready 1')).to.deep.equal([{ ...me, value: 0 }]);
      expect(later.get('feature_flag.sync.connection.losses {loss}')).to.deep.equal([
        { ...me, 'error.type': 'UNAVAILABLE', value: 1 },
      ]);
      await OpenFeature.clearProviders();
      expect((await read()).get('feature_flag.sync.flags {flag}') ?? []).to.deep.equal([]);
    } finally {
      metrics.disable();
      await meters.shutdown();
    }
  });
});
