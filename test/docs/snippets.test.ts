import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { SyncServer, type FlagSetDefinition } from '../../src/server';
import { silent } from '../support/options';
import { blocksOf, pages, root } from './markdown';

/** What the pages say of their examples: all of them ask for a flag of this set, from the server of FLAGD_*. */
const flagSet: FlagSetDefinition = {
  metadata: { version: '42' },
  flags: {
    'new-checkout': {
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'off',
      targeting: { if: [{ ends_with: [{ var: 'email' }, '@example.com'] }, 'on'] },
    },
    'upload-limits': {
      state: 'ENABLED',
      variants: { small: { megabytes: 10 }, large: { megabytes: 100 } },
      defaultVariant: 'small',
    },
  },
};

/** Snippets of JavaScript run as they stand; one that is followed by a block of text prints just that. */
describe('the snippets of the documentation', function () {
  this.timeout(30_000);

  let server: SyncServer;
  /** For what a snippet writes and does not take away. */
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'snippets-'));
    server = new SyncServer({ host: '127.0.0.1', port: 0, logger: silent });
    server.setFlags(flagSet);
    await server.start();
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  for (const page of pages()) {
    for (const { language, note, text, next, line } of blocksOf(page)) {
      if (language !== 'js' || note !== '') continue;
      it(`run: ${page}:${line}`, async () => {
        const env = {
          ...process.env,
          FLAGD_HOST: '127.0.0.1',
          FLAGD_PORT: String(server.port),
          FLAGD_DEADLINE_MS: '8000',
          PORT: '0',
          TMPDIR: folder,
          TEMP: folder,
        };
        const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', text], {
          cwd: root,
          env,
        });
        if (next?.language === 'text') expect(stdout).to.equal(next.text);
      });
    }
  }
});
