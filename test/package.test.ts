import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const root = join(__dirname, '..');
const exec = promisify(execFile);
const name = 'openfeature-grpc-sync-provider';
/** The package's own dependencies, and what a TypeScript project has beside it. */
const installed = [
  '@grpc',
  '@openfeature',
  '@opentelemetry',
  '@types',
  'google-protobuf',
  'json-logic-engine',
  'jsonc-parser',
  'undici-types',
  'yaml',
];

const typescript = `
import { OpenFeature } from '@openfeature/server-sdk';
import { ConfigurationError, GrpcSyncProvider, resolveOptions, type GrpcSyncOptions } from '${name}';
import { SyncServer } from '${name}/server';
import { TestFlags, type TestProvider } from '${name}/testing';

const options: GrpcSyncOptions = { host: 'flags', port: resolveOptions({ port: 1 }).port };
const provider = new GrpcSyncProvider(options);
const value: boolean = provider.evaluate('flag', false).value;
const limits: { max: number } = provider.evaluate('limits', { max: 1 }).value;
const server: SyncServer = new SyncServer({ files: ['flags.json'] });
const test: TestProvider = new TestFlags({ flag: true }).provider;
void [OpenFeature.setProviderAndWait(provider), value, limits, server, test, ConfigurationError];
`;

/** As if another copy of a package had been loaded. */
const forgetModules = 'for (const file of Object.keys(require.cache)) delete require.cache[file];';

/** What `npm pack` says of the tarball; sizes in bytes. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed package', () => {
  let project: string;
  let packed: Packed;
  const run = (...args: string[]) => exec(process.execPath, args, { cwd: project });

  before(async function () {
    this.timeout(60_000);
    project = mkdtempSync(join(tmpdir(), 'package-'));
    const shell = process.platform === 'win32';
    const { stdout } = await exec('npm', ['pack', '--json', '--pack-destination', project], { cwd: root, shell });
    [packed] = JSON.parse(stdout) as [Packed];
    const { filename } = packed;
    await exec('tar', ['-xzf', filename], { cwd: project });
    mkdirSync(join(project, 'node_modules'));
    renameSync(join(project, 'package'), join(project, 'node_modules', name));
    for (const other of installed) {
      symlinkSync(join(root, 'node_modules', other), join(project, 'node_modules', other), 'junction');
    }
    writeFileSync(join(project, 'package.json'), '{}');
  });
  after(() => rmSync(project, { recursive: true, force: true }));

  it('holds what a user needs and nothing else', () => {
    const content = join(project, 'node_modules', name);
    expect(readdirSync(content).sort()).to.deep.equal([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'generated',
      'package.json',
      'protos',
    ]);
  });

  it('keeps to its budget: 200 KB to download, 800 KB on disk', () => {
    expect(packed.size).to.be.below(200_000);
    expect(packed.unpackedSize).to.be.below(800_000);
  });

  it('holds no tests, sources, maps or documentation but the README', () => {
    const needless = packed.files.filter(({ path }) =>
      /\.test\.|(?<!\.d)\.ts$|\.map$|^(docs|test|bench|src)\//.test(path),
    );
    expect(needless).to.deep.equal([]);
  });

  it('works with require', async () => {
    const code = `const { GrpcSyncProvider } = require('${name}'); const { SyncServer } = require('${name}/server');
      console.log(new GrpcSyncProvider().metadata.name, typeof SyncServer);`;
    expect((await run('--eval', code)).stdout).to.equal('grpc-sync function\n');
  });

  it('works with import', async () => {
    const code = `import { GrpcSyncProvider, resolveOptions, ConfigurationError } from '${name}';
      import { SyncServer } from '${name}/server';
      console.log(new GrpcSyncProvider().metadata.name, typeof SyncServer, resolveOptions().port, ConfigurationError.name);`;
    const { stdout } = await run('--input-type=module', '--eval', code);
    expect(stdout).to.equal('grpc-sync function 8015 ConfigurationError\n');
  });

  it('loads one file of its own, and nothing that only the server needs', async () => {
    const code = `require('${name}'); console.log(JSON.stringify(Object.keys(require.cache)));`;
    const loaded = JSON.parse((await run('--eval', code)).stdout) as string[];
    const own = join('node_modules', name);
    const ours = loaded.filter((file) => file.includes(own)).map((file) => file.slice(file.indexOf(own)));
    expect(ours).to.deep.equal([join(own, 'dist', 'index.js')]);
    expect(loaded.filter((file) => /google-protobuf|yaml|jsonc-parser/.test(file))).to.deep.equal([]);
  });

  it('loads nothing more when it is initialized, OpenTelemetry only if an application uses it', async () => {
    const code = (prelude: string) => `${prelude} const { GrpcSyncProvider } = require('${name}');
      const known = new Set(Object.keys(require.cache));
      const silent = { error() {}, warn() {}, info() {}, debug() {} };
      const provider = new GrpcSyncProvider({ host: '127.0.0.1', port: 1, deadlineMs: 1, logger: silent });
      provider.initialize().catch(() => undefined).then(() => provider.onClose()).then(() => {
        const fresh = Object.keys(require.cache).filter((file) => !known.has(file) && !file.includes('grpc'));
        console.log(fresh.length, fresh.some((file) => file.includes('opentelemetry')));
      });`;
    expect((await run('--eval', code(''))).stdout).to.equal('0 false\n');
    const registered = `require('@opentelemetry/api').diag.setLogger({ debug() {} }); ${forgetModules}`;
    expect((await run('--eval', code(registered))).stdout).to.match(/ true\n$/);
  });

  it('exports nothing from two of its entries: instances of the one would be none of the other', async () => {
    const code = `const names = ['', '/server', '/testing'].flatMap((entry) => Object.keys(require('${name}' + entry)));
      console.log(names.length, new Set(names).size);`;
    const [count, different] = (await run('--eval', code)).stdout.trim().split(' ');
    expect(Number(count)).to.be.above(5);
    expect(different).to.equal(count);
  });

  for (const module of ['node16', 'nodenext']) {
    it(`type-checks strictly with module ${module}, imported and required`, async function () {
      this.timeout(60_000);
      const files = ['mts', 'cts'].map((extension) => `${module}.${extension}`);
      for (const file of files) writeFileSync(join(project, file), typescript);
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const flags = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--module', module];
      const failure = await run(tsc, ...flags, ...files).then(
        () => '',
        (error: unknown) => (error as { stdout: string }).stdout,
      );
      expect(failure).to.equal('');
    });
  }
});
