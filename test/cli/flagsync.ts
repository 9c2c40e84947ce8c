import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable, type Readable } from 'node:stream';
import type * as command from '../../src/cli/flagsync';
import type * as terminal from '../../src/cli/terminal';

/** `npm test` has built it before. */
const built = resolve('dist/cli');
const main = join(built, 'main.js');
const { flagsync } = createRequire(main)('./flagsync') as typeof command;
const { Terminal } = createRequire(main)('./terminal') as typeof terminal;

/** How a command has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command writes to, within this process. */
class Output extends Writable {
  text = '';
  readonly #isTerminal: boolean;

  constructor(isTerminal: boolean) {
    super({ decodeStrings: false });
    this.#isTerminal = isTerminal;
  }

  hasColors(): boolean {
    return this.#isTerminal;
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.text += text;
    done();
  }
}

/** A command that runs as a user would run it, on pipes. */
export class Running {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  #hasEnded = false;
  #onNews: () => void = () => undefined;

  constructor(cwd: string, args: readonly string[], variables: Readonly<Record<string, string>>) {
    const env = { ...process.env, ...variables };
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

/** A folder, which is the working directory meanwhile, and the commands that run in it, for one test each. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'flagsync-'));
  readonly #running: Running[] = [];
  readonly #folderBefore = process.cwd();
  readonly #variablesBefore = { ...process.env };

  constructor() {
    process.chdir(this.folder);
    forgetVariables();
  }

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

  /** Begins a command in a process of its own. */
  start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Running {
    const running = new Running(this.folder, args, variables);
    this.#running.push(running);
    return running;
  }

  /** Runs a command to its end within this process, which takes a tenth of the time. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.#run(args, false);
  }

  /** The same on a terminal with colours. */
  runOnTerminal(...args: readonly string[]): Promise<Ended> {
    return this.#run(args, true);
  }

  async #run(args: readonly string[], isTerminal: boolean): Promise<Ended> {
    const [stdout, stderr] = [new Output(isTerminal), new Output(isTerminal)];
    const code = await flagsync(args, new Terminal(stdout, stderr));
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  /** A server on a free port, once it serves. */
  async serve(...args: readonly string[]): Promise<{ server: Running; port: string }> {
    const server = this.start(['serve', '--port', '0', ...args]);
    const [, port = ''] = await server.output(/Serving flags on localhost:(\d+)/);
    return { server, port };
  }

  async #clear(): Promise<void> {
    await Promise.all(this.#running.map((running) => running.end('SIGKILL')));
    process.chdir(this.#folderBefore);
    forgetVariables();
    Object.assign(process.env, this.#variablesBefore);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What of the environment a command reads. */
function forgetVariables(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(FLAGD_|NO_COLOR|FORCE_COLOR)/.test(name)) Reflect.deleteProperty(process.env, name);
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
