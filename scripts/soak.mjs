/**
 * A server that restarts, stalls, corrupts and floods at random, against a provider that must end each round with exactly
 * the server's flags: `npm run soak -- --minutes 10 [--seed N]`. Ends with exit code 1 if it does not.
 */
import { parseArgs } from 'node:util';
import { faults, maxMessageBytes } from '../test/faults/soak-faults.ts';
import { revisionKey, seeded, World } from '../test/faults/soak-world.ts';
import { Application } from '../test/faults/application.ts';

/** Milliseconds that the provider has to see the server's flags, from the end of the fault. */
const patienceMs = 20_000;
/** Looks at the heap before the last one. */
const heapLooks = 5;

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? '1');
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error('usage: npm run soak -- --minutes N [--seed N]');
console.log(`${minutes} minutes, seed ${seed}, Node ${process.version}`);

await new Promise((resolve) => setTimeout(resolve, 100));
const handlesAtStart = handles();
const random = seeded(seed);
const world = await World.create(random);
const application = new Application({
  port: world.port,
  maxMessageBytes,
  retryBackoffMs: 50,
  retryBackoffMaxMs: 400,
  deadlineMs: 1000,
  keepAliveTime: 500,
  streamDeadlineMs: 5000,
});
await application.started;

const survived = new Map();
const recoveries = [];
let compared = 0;
const names = Object.keys(faults);
const start = performance.now();
const end = start + minutes * 60_000;
/** Megabytes, at times spread over the run: what grows at first is compiled code, what leaks does not stop growing. */
const heaps = [];
for (let round = 1; performance.now() < end; round++) {
  const name = names[world.pick(names.length)];
  await faults[name](world);
  const healed = performance.now();
  while (!sees(revisionKey)) {
    if (performance.now() - healed > patienceMs) fail(round, name, `flag ${revisionKey}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  recoveries.push(performance.now() - healed);
  for (const key of world.keys) if (!sees(key)) fail(round, name, `flag ${key}`);
  compared += world.keys.size + 1;
  survived.set(name, (survived.get(name) ?? 0) + 1);
  application.told.length = 0;
  application.warnings.length = 0;
  if (performance.now() > start + ((end - start) * heaps.length) / heapLooks) heaps.push(await heap());
}

heaps.push(await heap());
await application.close();
world.stop();
await new Promise((resolve) => setTimeout(resolve, 1500));
recoveries.sort((one, other) => one - other);
console.log(`${recoveries.length} faults survived, ${compared} flags compared, 0 differences`);
for (const [name, count] of [...survived].sort()) console.log(`  ${String(count).padStart(5)}  ${name}`);
console.log(`until the flags are there again: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`);
console.log(`heap with array buffers in MB, from start to end: ${heaps.join(', ')}`);
console.log(`handles ${handlesAtStart} at the start, ${handles()} at the end`);

/** Whether the application sees this flag as the server has it. */
function sees(key) {
  const details = application.provider.evaluate(key, key === revisionKey ? -1 : 'none');
  const expected = world.flags.get(key);
  return expected === undefined ? details.errorCode === 'FLAG_NOT_FOUND' : details.value === expected;
}

function fail(round, name, what) {
  console.error(`round ${round}, "${name}": ${what} is not as the server has it`);
  console.error([...application.told, ...application.warnings].slice(-10).join('\n'));
  process.exit(1);
}

function at(part) {
  return Math.round(recoveries[Math.min(recoveries.length - 1, Math.floor(recoveries.length * part))]);
}

async function heap() {
  await new Promise((resolve) => setTimeout(resolve, 1500));
  globalThis.gc();
  // the texts of the flags are in array buffers
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return ((heapUsed + arrayBuffers) / 1e6).toFixed(1);
}

function handles() {
  return process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap').length;
}
