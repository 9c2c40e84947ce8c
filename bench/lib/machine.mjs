import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

const require = createRequire(import.meta.url);
const packages = [
  '@grpc/grpc-js',
  '@openfeature/server-sdk',
  '@openfeature/flagd-provider',
  '@openfeature/flagd-core',
  '@launchdarkly/node-server-sdk',
  'unleash-client',
];

/** What a measurement ran on. */
export function machine() {
  return {
    cpu: `${availableParallelism()} × ${cpus()[0]?.model.trim() || process.arch}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: process.platform,
    node: process.version,
    /** Of the last fifteen minutes: more than there are processors means that others were measured, too. */
    load: loadavg()[2],
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

/** Of the package.json that was installed: not every package exports it. */
function versionOf(name) {
  for (const folder of require.resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch {
      // the next folder
    }
  }
  return 'not installed';
}
