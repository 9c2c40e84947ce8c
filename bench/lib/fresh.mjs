import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const child = fileURLToPath(new URL('child.mjs', import.meta.url));
const run = promisify(execFile);

/**
 * Runs a measurement in a process of its own, so that none inherits the heap, the compiled code or the timers of another.
 *
 * @param row name of a file of rows/
 * @param measurement name of one of the functions in its `measurements`
 * @returns what that function returned
 */
export async function inFreshProcess(row, measurement, parameters = {}) {
  const { stdout } = await run(process.execPath, ['--expose-gc', child, row, measurement, JSON.stringify(parameters)], {
    timeout: longestMs,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

const longestMs = 180_000;

/**
 * Runs several things by turns, so that a slow minute of the machine falls on all of them.
 *
 * @param things functions by name
 * @returns an array of results for each name
 */
export async function byTurns(rounds, things) {
  const names = Object.keys(things);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) results[name].push(await things[name]());
    names.reverse();
  }
  return results;
}
