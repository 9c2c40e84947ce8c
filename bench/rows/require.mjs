import { createRequire } from 'node:module';
import { byTurns, inFreshProcess } from '../lib/fresh.mjs';
import { medianOf } from '../lib/statistics.mjs';
import { milliseconds } from '../lib/text.mjs';
import { threadTimeMs } from '../lib/thread-time.mjs';

const require = createRequire(import.meta.url);

export const measurements = {
  /** What `require` takes when grpc-js and the SDK are there already. */
  load({ module }) {
    require('@grpc/grpc-js');
    require('@openfeature/server-sdk');
    const before = threadTimeMs();
    require(module);
    return { ms: threadTimeMs() - before };
  },
};

export async function run({ rounds }) {
  const required = (module) => () => inFreshProcess('require', 'load', { module });
  const results = await byTurns(rounds(9), {
    ours: required('../../dist/index.js'),
    flagd: required('@openfeature/flagd-provider'),
  });
  const [ours, flagd] = [medianOf(results.ours, 'ms'), medianOf(results.flagd, 'ms')];
  return [
    {
      what: '`require` of the package, beyond grpc-js and the SDK',
      goal: 'under 30 ms',
      figure: `${milliseconds(ours)} (flagd-provider: ${milliseconds(flagd)})`,
      met: ours < 30,
      measured: { ours, flagd },
    },
  ];
}
