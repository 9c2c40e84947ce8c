import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'chai';

const demo = resolve('examples/demo');
const flagFile = join(demo, 'flags.json');

/** `npm start`, without its build: `npm test` has built before. */
class Demo {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  #output = '';
  #hasEnded = false;
  #onNews: () => void = () => undefined;

  constructor(...args: readonly string[]) {
    this.#process = spawn(process.execPath, [join(demo, 'start.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // neither may make the demo look for its flags elsewhere
      env: { ...process.env, FLAGD_SYNC_PORT: '1', FLAGD_TLS: 'true' },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#onNews();
      });
    }
    this.#process.once('close', () => {
      this.#hasEnded = true;
      this.#onNews();
    });
  }

  /** All that it has written, once that matches. */
  async output(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#output)) {
      if (this.#hasEnded) throw new Error(`The demo has ended without ${String(pattern)}:\n${this.#output}`);
      await new Promise<void>((wake) => (this.#onNews = wake));
    }
    return this.#output;
  }

  /** Its exit code, and its output to the end: only then are both processes gone, for they share the pipe. */
  async end(signal?: NodeJS.Signals): Promise<{ code: number | null; output: string }> {
    if (signal) this.#process.kill(signal);
    const [code] = (await once(this.#process, 'close')) as [number | null];
    return { code, output: this.#output };
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }
}

describe('The demo', function () {
  this.timeout(30_000);
  let folder: string;
  let started: Demo[];
  const copy = () => join(folder, 'flags.json');
  const start = (...args: readonly string[]) => {
    const running = new Demo(...args);
    started.push(running);
    return running;
  };

  beforeEach(() => {
    started = [];
    folder = mkdtempSync(join(tmpdir(), 'demo-'));
    writeFileSync(copy(), readFileSync(flagFile));
  });
  afterEach(() => {
    for (const running of started) running.kill();
    rmSync(folder, { recursive: true });
  });

  it('with --once makes an edit, shows it arrive, and ends; the checkout stays as it is', async () => {
    const before = readFileSync(flagFile, 'utf8');
    const { code, output } = await start('--once').end();
    expect(output).to.match(/checkout +true +true +true +true\n/);
    expect(output).to.match(/checkout: true → false for ada, ben, chloé, jürgen\n/);
    expect(output).to.match(/checkout +false +false +false +false\n/);
    expect(output).to.match(/reached the application after \d+ ms/);
    expect(code).to.equal(0);
    expect(readFileSync(flagFile, 'utf8')).to.equal(before);
  });

  it('shows every edit, says where a broken one is, and ends on an interrupt', async function () {
    if (process.platform === 'win32') this.skip();
    const running = start(copy());
    await running.output(/list-settings\.density/);
    const edit = (from: string, to: string) => {
      writeFileSync(copy(), readFileSync(copy(), 'utf8').replace(from, to));
    };
    edit('"medium": 100', '"medium": 250');
    await running.output(/upload-limit-mb: 100 → 250 for ben, jürgen\n/);
    edit('"flags":', '"flags"');
    await running.output(/flags\.json:2:11: a colon is missing here/);
    edit('"flags"', '"flags":');
    edit('"2.3.0"', '"2.2.0"');
    const output = await running.output(/live-chat: false → true for ben, jürgen\n/);
    expect(output).not.to.contain('\x1b');
    expect((await running.end('SIGINT')).code).to.equal(0);
  });

  it('leaves no application behind if it is killed', async () => {
    const running = start(copy());
    await running.output(/list-settings\.density/);
    await running.end('SIGKILL');
  });

  it('fails with the reason if the file cannot be served', async () => {
    writeFileSync(copy(), '{');
    const { code, output } = await start(copy()).end();
    expect(output).to.equal(`${copy()}:1:2: the text ends, but a closing brace "}" is missing\n`);
    expect(code).to.equal(1);
  });
});
