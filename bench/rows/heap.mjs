import { defaultValue, flagKey } from '../lib/flag-sets.mjs';
import { FlagServer } from '../lib/flag-server.mjs';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { settledHeap } from '../lib/heap.mjs';
import { Pushes } from '../lib/pushes.mjs';
import { medianOf } from '../lib/statistics.mjs';
import { bytes, milliseconds } from '../lib/text.mjs';

const many = 100_000;
/** As many as the peer can receive, in round numbers: a message of its may have 4 MiB. */
const receivable = 8_000;

/** More than after how many a rule is compiled. */
const evaluations = 30;

const context = {
  targetingKey: 'user-1',
  email: 'jane@partner.example.com',
  plan: 'enterprise',
  country: 'CH',
  city: 'Paris',
};

export const measurements = {
  /** Bytes per flag: in the heap of V8 and outside of it, the message included, beyond a set of one flag. */
  async perFlag({ subject, flagCount }) {
    const client = await Pushes.open({ subject, flagCount: 1 });
    const before = await settledHeap();
    await client.replace(flagCount);
    const held = await settledHeap();
    for (let i = 0; i < flagCount; i++) {
      for (let times = 0; times < evaluations; times++) {
        await client.connection.ask(flagKey(i), defaultValue(i, 0), context);
      }
    }
    const used = await settledHeap();
    return { held: (held - before) / flagCount, used: (used - before) / flagCount };
  },

  async untilReady() {
    const { untilReady } = await Pushes.open({ subject: 'ours', flagCount: many });
    return { readyMs: untilReady.elapsedMs };
  },

  /** Whether the peer says itself that 12,500 flags are too large a message. */
  async isTooLargeForPeer() {
    const { FlagdProvider } = await import('@openfeature/flagd-provider');
    const server = await FlagServer.start({ flagCount: 12_500 });
    const silent = () => undefined;
    const provider = new FlagdProvider(
      { resolverType: 'in-process', host: '127.0.0.1', port: server.port },
      { error: silent, warn: silent, info: silent, debug: silent },
    );
    try {
      await provider.initialize();
      return false;
    } catch (error) {
      return error.message.includes('larger than max');
    }
  },
};

export async function run({ rounds }) {
  const perFlag = (subject, flagCount) => () => inFreshProcess('heap', 'perFlag', { subject, flagCount });
  const results = await byTurns(rounds(1), {
    flagd: perFlag('flagd', receivable),
    oursAlike: perFlag('ours', receivable),
    ours: perFlag('ours', many),
    ready: () => inFreshProcess('heap', 'untilReady'),
    isTooLargeForPeer: () => inFreshProcess('heap', 'isTooLargeForPeer'),
  });
  const isTooLargeForPeer = results.isTooLargeForPeer.every((is) => is);
  const readyMs = medianOf(results.ready, 'readyMs');
  const heapRow = (name) => {
    const [ours, oursAlike, flagd] = [results.ours, results.oursAlike, results.flagd].map((one) => medianOf(one, name));
    return {
      figure: `1/${(flagd / ours).toFixed(1)} (${bytes(ours)}, at 8,000 ${bytes(oursAlike)}, against ${bytes(flagd)})`,
      measured: { ours, oursAlike, flagd },
    };
  };
  const held = heapRow('held');
  return [
    {
      what: '100,000 flags (35 MB)',
      goal: 'works',
      figure: `READY after ${milliseconds(readyMs)}; flagd-provider ${isTooLargeForPeer ? 'refuses' : 'receives'} 12,500 flags (4.4 MB)`,
      met: true,
      measured: { readyMs, isTooLargeForPeer },
    },
    {
      what: "100,000 flags: heap per flag, message included; the peer's at 8,000, all that it can receive",
      goal: "at most a third of flagd-provider's",
      ...held,
      met: held.measured.ours <= held.measured.flagd / 3,
    },
    { what: `the same, after each flag has been evaluated ${evaluations} times`, goal: '', ...heapRow('used') },
  ];
}
