import { expect } from 'chai';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

describe('where code generation is not allowed', () => {
  it('rules answer the same, without being asked for by an option', async function () {
    this.timeout(30_000);
    const seed = Math.floor(Math.random() * 2 ** 31);
    const script = path.join(__dirname, 'without-code-generation.ts');
    const node = ['--disallow-code-generation-from-strings', '--require', 'tsx/cjs', script, String(seed)];
    const { stdout } = await promisify(execFile)(process.execPath, node);
    expect(JSON.parse(stdout), `seed ${seed}`).to.deep.equal({ isAllowed: false, answers: ['off', 'on'] });
  });
});
