import { setTimeout } from 'node:timers/promises';
import { inFreshProcess } from '../lib/fresh.mjs';
import { median } from '../lib/statistics.mjs';
import { milliseconds } from '../lib/text.mjs';

const clientCount = 40;
const outagesMs = [1_000, 2_500, 5_000, 10_000];
const goalMs = 1_000;

/** At the default options: a server goes, and comes back with other flags. */
export const measurements = {
  /** Milliseconds from the server's return until the new flags answer, for each outage those of all clients. */
  async recover({ outages }) {
    const { GrpcSyncProvider } = await import('../../dist/index.js');
    const { SyncServer } = await import('../../dist/server/index.js');
    const serve = async (release, port) => {
      const server = new SyncServer({ host: '127.0.0.1', port, logger: silent });
      server.setFlags({
        flags: { release: { state: 'ENABLED', variants: { it: release }, defaultVariant: 'it' } },
      });
      await server.start();
      return server;
    };
    let server = await serve(0, 0);
    const { port } = server;
    const clients = Array.from({ length: clientCount }, () => {
      return new GrpcSyncProvider({ host: '127.0.0.1', port, logger: silent });
    });
    await Promise.all(clients.map((client) => client.initialize()));
    const durations = [];
    for (const [index, outageMs] of outages.entries()) {
      await server.stop();
      await setTimeout(outageMs);
      const release = index + 1;
      server = await serve(release, port);
      const start = performance.now();
      durations.push(await Promise.all(clients.map((client) => untilReleased(client, release, start))));
    }
    await Promise.all(clients.map((client) => client.onClose()));
    await server.stop();
    return durations;
  },
};

async function untilReleased(client, release, start) {
  while (client.evaluate('release', -1).value !== release) await setTimeout(5);
  return performance.now() - start;
}

const nothing = () => undefined;
const silent = { error: nothing, warn: nothing, info: nothing, debug: nothing };

export async function run({ rounds }) {
  const outages = rounds(4) === 1 ? outagesMs.slice(0, 1) : outagesMs;
  const durations = await inFreshProcess('recovery', 'recover', { outages });
  return outages.map((outageMs, index) => {
    const sorted = [...durations[index]].sort((a, b) => a - b);
    const [medianMs, mostMs] = [median(sorted), sorted[Math.floor(clientCount * 0.9)]];
    return {
      what: `after an outage of ${outageMs / 1000} s, ${clientCount} clients with default options, until the new flags answer`,
      goal: 'within a second in the median',
      figure: `${milliseconds(medianMs)} (90 % within ${milliseconds(mostMs)})`,
      met: medianMs < goalMs,
      measured: { outageMs, medianMs, mostMs },
    };
  });
}
