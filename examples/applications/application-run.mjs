/** For the tests: a sync server, and an application beside it, as in production two processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SyncServer } from 'openfeature-grpc-sync-provider/server';

/** Longer than anything takes on the slowest machine. */
const patienceMs = 30_000;

const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url));

export class ApplicationRun {
  #server;
  #process;
  #url;
  #output = '';

  /** @param file the application, relative to this folder */
  static async start(file) {
    const run = new ApplicationRun();
    try {
      await run.#start(pathOf(file));
    } catch (error) {
      await run.kill();
      throw error;
    }
    return run;
  }

  async #start(path) {
    this.#server = new SyncServer({ files: [pathOf('flags.json')], port: 0 });
    await this.#server.start();
    this.#process = spawn(process.execPath, ['--import', 'tsx', path], {
      cwd: pathOf('.'),
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, FLAGD_TARGET_URI: this.#server.target, FLAGD_DEADLINE_MS: '5000', PORT: '0' },
    });
    this.#url = await this.#listening();
  }

  /** The answer to a request. */
  async get(path, headers) {
    const response = await fetch(new URL(path, this.#url), { headers, signal: AbortSignal.timeout(patienceMs) });
    return response.json();
  }

  /** Pushes a flag, and waits until an answer fulfils a condition. */
  async push(flagKey, flag, isThere) {
    this.#server.setFlag(flagKey, flag);
    const end = AbortSignal.timeout(patienceMs);
    while (!(await isThere())) end.throwIfAborted();
  }

  /** Asks the application to end, and waits until it has. What it wrote is all that it ever wrote. */
  async end() {
    const ended = once(this.#process, 'close', { signal: AbortSignal.timeout(patienceMs) });
    this.#process.kill('SIGTERM');
    const [code, signal] = await ended;
    return { code, signal, output: this.#output };
  }

  /** Leaves nothing behind, whatever has happened. */
  async kill() {
    this.#process?.kill('SIGKILL');
    await this.#server?.stop();
  }

  async #listening() {
    const { stdout } = this.#process;
    // the output ends with the process
    for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
      this.#output += chunk;
      const url = /Listening on (\S+)\n/.exec(this.#output)?.[1];
      if (!url) continue;
      stdout.on('data', (more) => (this.#output += more));
      return url;
    }
    throw new Error(`The application has ended: ${this.#output}`);
  }
}
