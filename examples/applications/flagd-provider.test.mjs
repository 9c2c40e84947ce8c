/** flagd's own provider, in its in-process mode, beside ours: a client of our server, and what one moves from. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { FlagdProvider } from '@openfeature/flagd-provider';
import { OpenFeature, ProviderEvents } from '@openfeature/server-sdk';
import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';
import { SyncServer } from 'openfeature-grpc-sync-provider/server';

const patienceMs = 30_000;
const page = readFileSync(new URL('../../docs/moving-from-flagd-provider.md', import.meta.url), 'utf8');
const silent = { error() {}, warn() {}, info() {}, debug() {} };

/** One flag of each kind of answer. */
const flagSet = {
  metadata: { version: '42', flagSetId: 'all' },
  $evaluators: { staff: { ends_with: [{ var: 'email' }, '@example.com'] } },
  flags: {
    plain: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'on' },
    disabled: { state: 'DISABLED', variants: { on: true, off: false }, defaultVariant: 'on' },
    'by-rule': {
      state: 'ENABLED',
      variants: { new: 'n', old: 'o' },
      defaultVariant: 'old',
      targeting: { if: [{ $ref: 'staff' }, 'new'] },
      metadata: { owner: 'checkout' },
    },
    'by-share': {
      state: 'ENABLED',
      variants: { a: 1, b: 2, c: 3 },
      defaultVariant: 'a',
      targeting: {
        fractional: [
          ['a', 20],
          ['b', 30],
          ['c', 50],
        ],
      },
    },
    'by-server': {
      state: 'ENABLED',
      variants: { here: { max: 10 }, there: { max: 20 } },
      defaultVariant: 'there',
      targeting: { if: [{ '==': [{ var: 'region' }, 'eu'] }, 'here'] },
    },
  },
};
const users = Array.from({ length: 50 }, (_, number) => ({
  targetingKey: `user-${number}`,
  email: `user-${number}@example.${number % 2 === 0 ? 'com' : 'org'}`,
}));

/** What one of the two answers for a user, by flag. */
async function answersOf(client, user) {
  const answers = [
    await client.getBooleanDetails('plain', false, user),
    await client.getBooleanDetails('disabled', false, user),
    await client.getStringDetails('by-rule', '', user),
    await client.getNumberDetails('by-share', 0, user),
    await client.getObjectDetails('by-server', {}, user),
    await client.getBooleanDetails('missing', true, user),
    await client.getStringDetails('plain', 'default', user),
  ];
  return answers.map(({ flagKey, value, variant, reason, errorCode, flagMetadata }) => {
    return { flagKey, value, variant, reason, errorCode, flagMetadata };
  });
}

describe("flagd's own provider", () => {
  let server;
  let folder;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flagd-provider-'));
    writeFileSync(join(folder, 'flags.json'), JSON.stringify(flagSet));
    server = new SyncServer({
      files: [join(folder, 'flags.json')],
      port: 0,
      contextValues: { region: 'eu' },
      logger: silent,
    });
    await server.start();
    const place = { host: 'localhost', port: server.port, deadlineMs: patienceMs };
    await OpenFeature.setProviderAndWait('old', new FlagdProvider({ resolverType: 'in-process', ...place }));
    await OpenFeature.setProviderAndWait('new', new GrpcSyncProvider(place));
  });
  after(async () => {
    await OpenFeature.close();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  it('is served flags by our server, and answers as ours', async () => {
    const [old, ours] = [OpenFeature.getClient('old'), OpenFeature.getClient('new')];
    for (const user of users) assert.deepEqual(await answersOf(old, user), await answersOf(ours, user));
    assert.deepEqual((await old.getObjectDetails('by-server', {})).value, { max: 10 });
  });

  it('is pushed what changes', async () => {
    const old = OpenFeature.getClient('old');
    const changed = new Promise((resolve) => old.addHandler(ProviderEvents.ConfigurationChanged, resolve));
    const { plain, ...others } = flagSet.flags;
    writeFileSync(
      join(folder, 'flags.json'),
      JSON.stringify({ ...flagSet, flags: { ...others, plain: { ...plain, defaultVariant: 'off' } } }),
    );
    await changed;
    assert.equal(await old.getBooleanValue('plain', true), false);
  });

  it(
    'gets the flags that its selector asks for, also from a Unix socket',
    { skip: process.platform === 'win32' },
    async () => {
      const socketPath = join(folder, 'sync.sock');
      const another = new SyncServer({ socketPath, logger: silent });
      another.setFlags(flagSet, 'one');
      another.setFlags({ flags: { plain: { ...flagSet.flags.plain, defaultVariant: 'off' } } }, 'other');
      await another.start();
      try {
        const options = { resolverType: 'in-process', socketPath, selector: 'source=one', deadlineMs: patienceMs };
        const provider = new FlagdProvider(options);
        await provider.initialize();
        assert.equal((await provider.resolveBooleanEvaluation('plain', false, {}, silent)).value, true);
        await provider.onClose();
      } finally {
        await another.stop();
      }
    },
  );
});

describe('docs/moving-from-flagd-provider.md', () => {
  it('is about the version that is compared here', () => {
    const { version } = createRequire(import.meta.url)('@openfeature/flagd-provider/package.json');
    assert.ok(page.includes(`@openfeature/flagd-provider\` ${version} `));
  });

  it('names every option there', () => {
    const entry = createRequire(import.meta.url).resolve('@openfeature/flagd-provider');
    const declarations = readFileSync(join(dirname(entry), 'src/lib/configuration.d.ts'), 'utf8');
    const names = [...declarations.matchAll(/^ {4}(\w+)\??: /gm)].map(([, name]) => name);
    assert.ok(names.length > 15);
    for (const name of names) assert.ok(page.includes(`\`${name}\``), name);
  });

  it('has an example of both side by side that runs', async () => {
    const [, snippet] = /^```js peers\n(.*?)^```$/ms.exec(page);
    const server = new SyncServer({ port: 0, logger: silent });
    server.setFlags(flagSet);
    await server.start();
    const code = `import { OpenFeature } from '@openfeature/server-sdk';
      import { FlagdProvider } from '@openfeature/flagd-provider';
      import { GrpcSyncProvider } from 'openfeature-grpc-sync-provider';
      ${snippet}
      await OpenFeature.close();`;
    try {
      await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
        cwd: new URL('.', import.meta.url),
        env: {
          ...process.env,
          FLAGD_HOST: 'localhost',
          FLAGD_PORT: String(server.port),
          FLAGD_DEADLINE_MS: String(patienceMs),
        },
      });
    } finally {
      await server.stop();
    }
  });
});
