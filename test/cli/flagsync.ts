import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const main = resolve('dist/cli/main.js');

/** How a command has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs as a user would run it, on pipes. `npm test` has built it before. */
export class Running {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  #hasEnded = false;
  #onNews: () => void = () => undefined;

  constructor(cwd: string, args: readonly string[], variables: Readonly<Record<string, string>>) {
    const others = Object.entries(process.env).filter(([name]) => !/^(FLAGD_|NO_COLOR|FORCE_COLOR)/.test(name));
    const env = { ...Object.fromEntries(others), ...variables };
    this.process = spawn(process.execPath, [main, ...args], { cwd, env, stdio: 'pipe' });
    this.process.stdout.setEncoding('utf8').on('data', (text: string) => this.#onOutput(() => (this.#stdout += text)));
    this.process.stderr.setEncoding('utf8').on('data', (text: string) => this.#onOutput(() => (this.#stderr += text)));
    this.#ended = once(this.process, 'close').then(([code]) => {
      this.#onOutput(() => (this.#hasEnded = true));
      return { code: code as number | null, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** What the pattern finds in what is written, once it does. */
  async output(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#stdout);
      if (found) return found;
      if (this.#hasEnded) throw new Error(`ended without ${String(pattern)}:\n${this.#stdout}${this.#stderr}`);
      await new Promise<void>((wake) => (this.#onNews = wake));
    }
  }

  end(signal?: NodeJS.Signals): Promise<Ended> {
    if (signal) this.process.kill(signal);
    return this.#ended;
  }

  #onOutput(note: () => void): void {
    note();
    this.#onNews();
  }
}

/** A folder, and the commands that run in it, for one test each. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'flagsync-'));
  readonly #running: Running[] = [];

  static perTest(): () => Workplace {
    let workplace: Workplace;
    beforeEach(() => void (workplace = new Workplace()));
    afterEach(() => workplace.#clear());
    return () => workplace;
  }

  write(name: string, content: string | object): string {
    writeFileSync(join(this.folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return name;
  }

  start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Running {
    const running = new Running(this.folder, args, variables);
    this.#running.push(running);
    return running;
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(args).end();
  }

  /** A server on a free port, once it serves. */
  async serve(...args: readonly string[]): Promise<{ server: Running; port: string }> {
    const server = this.start(['serve', '--port', '0', ...args]);
    const [, port = ''] = await server.output(/Serving flags on localhost:(\d+)/);
    return { server, port };
  }

  async #clear(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.end('SIGKILL')));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Two flags, one of them with a rule. */
export const flags = {
  flags: {
    banner: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' },
    limit: {
      state: 'ENABLED',
      variants: { small: 10, large: 1000 },
      defaultVariant: 'small',
      targeting: { if: [{ '==': [{ var: 'plan' }, 'pro'] }, 'large'] },
    },
  },
};

/** The same, changed in one place. */
export const changedFlags = {
  flags: { ...flags.flags, banner: { ...flags.flags.banner, defaultVariant: 'off' } },
};
