/**
 * Serves a flag file, and starts an application beside it that shows what its users get.
 *
 *   node examples/demo/start.mjs [FILE]    until Ctrl+C; edit the file meanwhile
 *   node examples/demo/start.mjs --once    edits a copy of flags.json itself, waits for the change to arrive, and ends
 */
import { fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SyncServer } from 'openfeature-grpc-sync-provider/server';

/** Milliseconds that the first flags may take, and with --once the change: longer than on the slowest machine. */
const patienceMs = 15_000;

const demoFile = fileURLToPath(new URL('flags.json', import.meta.url));
const { values, positionals } = parseArgs({ options: { once: { type: 'boolean' } }, allowPositionals: true });

try {
  if (values.once) await editOnce();
  else await serve(positionals[0] ?? relative('', demoFile));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function serve(file) {
  await withApplication(file, [`Edit ${file} and save it. Ctrl+C ends.`], async (app) => {
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(app, 'exit')]);
  });
}

async function editOnce() {
  const folder = mkdtempSync(join(tmpdir(), 'flags-'));
  const copy = join(folder, 'flags.json');
  const flagSet = JSON.parse(readFileSync(demoFile, 'utf8'));
  writeFileSync(copy, JSON.stringify(flagSet));
  const { checkout } = flagSet.flags;
  const answersAre = (variant) => (answers) =>
    answers.checkout.every((answer) => answer === checkout.variants[variant]);
  // the application ends on Ctrl+C, and then this process does
  process.once('SIGINT', () => {});
  try {
    await withApplication(copy, [], async (app) => {
      await message(app, answersAre(checkout.defaultVariant));
      checkout.defaultVariant = checkout.defaultVariant === 'open' ? 'closed' : 'open';
      writeFileSync(copy, JSON.stringify(flagSet));
      const written = performance.now();
      await message(app, answersAre(checkout.defaultVariant));
      const ms = Math.round(performance.now() - written);
      console.log(`\n  The edit of the file reached the application after ${ms} ms.\n`);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs `action` while a server serves the file and the application is connected to it; ends both after it. */
async function withApplication(file, args, action) {
  const server = new SyncServer({ files: [file], port: 0 });
  await server.start();
  const app = fork(fileURLToPath(new URL('app.mjs', import.meta.url)), args, { env: environmentFor(server) });
  const exited = once(app, 'exit');
  try {
    await action(app);
  } finally {
    // the application closes when nobody is at the other end; so it also ends if this process is killed
    if (app.connected) app.disconnect();
    const [code] = await exited;
    await server.stop();
    if (code !== 0) process.exitCode = 1;
  }
}

/** Variables that the caller may have set for a server of their own are not for the demo's. */
function environmentFor(server) {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('FLAGD_'));
  const own = { FLAGD_HOST: 'localhost', FLAGD_PORT: String(server.port), FLAGD_DEADLINE_MS: String(patienceMs) };
  return { ...Object.fromEntries(others), ...own };
}

/** Resolves once the application has sent a message that fits. */
async function message(app, fits) {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    for await (const [content] of on(app, 'message', { signal, close: ['exit'] })) {
      if (fits(content)) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`Nothing has arrived within ${patienceMs / 1000} s.`, { cause: error });
  }
  throw new Error('The application has ended.');
}
