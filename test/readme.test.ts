import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { optionTable } from '../src/config/option-table';
import { SyncServer } from '../src/server';
import { silent } from './support/options';

const root = join(__dirname, '..');

describe('README.md', () => {
  it('has an example that runs as it stands', async () => {
    const [, example = ''] =
      /<!-- test\/readme.*?```js\n(.*?)```/s.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    const server = new SyncServer({ host: '127.0.0.1', port: 0, logger: silent });
    server.setFlags({
      flags: {
        'new-checkout': {
          state: 'ENABLED',
          variants: { on: true, off: false },
          defaultVariant: 'off',
          targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on'] },
        },
      },
    });
    await server.start();
    try {
      const env = {
        ...process.env,
        FLAGD_HOST: '127.0.0.1',
        FLAGD_PORT: String(server.port),
        FLAGD_DEADLINE_MS: '5000',
      };
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', example], {
        cwd: root,
        env,
      });
      expect(stdout).to.equal('true\n');
    } finally {
      await server.stop();
    }
  });

  it('names every option and variable', () => {
    const rows = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
    for (const [name, { variables }] of Object.entries(optionTable)) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` `));
      expect(row, name).to.be.a('string');
      for (const variable of variables) expect(row).to.contain(`\`${variable}\``);
    }
  });
});
