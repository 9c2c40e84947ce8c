import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from './markdown';

const run = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });

describe('what is made from the code', function () {
  this.timeout(30_000);

  it('is the table of options that npm run docs:configuration writes', async () => {
    await run('--import', 'tsx', 'scripts/document-configuration.mjs', '--check');
  });

  it('is the list of licences that npm run docs:licences writes', async () => {
    await run('scripts/document-licences.mjs', '--check');
  });
});
