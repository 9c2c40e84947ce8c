import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProviderEvents } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { GrpcSyncProvider } from '../../src';
import { silent } from '../support/options';
import { blocksOf, root } from './markdown';

const example = blocksOf('docs/writing-a-sync-server.md').find(({ note }) => note === 'server')!;

function flagSetWith(defaultVariant: string): string {
  return JSON.stringify({
    flags: { banner: { state: 'ENABLED', variants: { red: '#f00', blue: '#00f' }, defaultVariant } },
  });
}

describe('the server of docs/writing-a-sync-server.md', function () {
  this.timeout(20_000);

  it('is of about 60 lines', () => {
    expect(example.text.split('\n')).to.have.lengthOf.below(66);
  });

  it('serves a file over both contracts, and what changes in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sync-server-'));
    const file = join(folder, 'flags.json');
    writeFileSync(file, flagSetWith('red'));
    const server = spawn(process.execPath, ['--input-type=module', '--eval', example.text], {
      cwd: root,
      env: { ...process.env, FLAG_FILE: file, ADDRESS: '127.0.0.1:0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(server, 'exit');
    const providers: GrpcSyncProvider[] = [];
    try {
      const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
      const port = Number(/port (\d+)/.exec(line)?.[1]);
      for (const protocol of ['flagd.sync.v1', 'sync.v1'] as const) {
        const options = { host: '127.0.0.1', port, protocol, deadlineMs: 8000, logger: silent };
        const provider = new GrpcSyncProvider(options);
        providers.push(provider);
        await provider.initialize();
        expect(provider.evaluate('banner', '').value).to.equal('#f00');
      }
      const changed = providers.map(
        (provider) =>
          new Promise((resolve) => provider.events.addHandler(ServerProviderEvents.ConfigurationChanged, resolve)),
      );
      writeFileSync(file, flagSetWith('blue'));
      await Promise.all(changed);
      for (const provider of providers) expect(provider.evaluate('banner', '').value).to.equal('#00f');
    } finally {
      await Promise.all(providers.map((provider) => provider.onClose()));
      server.kill();
      await exit;
      rmSync(folder, { recursive: true });
    }
  });
});
