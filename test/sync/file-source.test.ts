import { expect } from 'chai';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GrpcSyncOptions } from '../../src/config/options';
import type { SyncSource } from '../../src/sync/sync-listener';
import { createSyncSource } from '../../src/sync/sync-source';
import { testOptions } from '../support/options';
import { Recorder } from '../support/recorder';

describe('a file as the source of flags', () => {
  let folder: string;
  let path: string;
  let recorder: Recorder;
  let source: SyncSource | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flags-'));
    path = join(folder, 'flags.json');
    recorder = new Recorder();
    recorder.onEach = (event) => {
      if ('flagSet' in event) JSON.parse(Buffer.from(event.flagSet).toString());
    };
  });

  afterEach(async () => {
    source?.close();
    await rm(folder, { recursive: true, force: true });
  });

  function open(options: GrpcSyncOptions = {}) {
    source = createSyncSource(
      testOptions({ offlineFlagSourcePath: path, offlinePollIntervalMs: 50, ...options }),
      recorder,
    );
    source.open();
  }

  const said = (text: string) => recorder.until(({ said }) => said.at(-1) === `ALL ${text}`);

  it('hands over the file, and every change of it', async () => {
    await writeFile(path, '{"flags":{}}');
    open();
    await said('{"flags":{}}');
    await writeFile(path, '{"flags":{"a":1}}');
    await said('{"flags":{"a":1}}');
    expect(source?.status()).to.deep.include({ state: 'live', protocol: 'file', target: path });
    expect(recorder.losses).to.deep.equal([]);
  });

  it('hears of a change without waiting for the next look', async () => {
    await writeFile(path, '1');
    open({ offlinePollIntervalMs: 3_600_000 });
    await said('1');
    await writeFile(path, '2');
    await said('2');
  });

  it('sees a change that no event tells of: behind a link to another folder', async function () {
    if (process.platform === 'win32') this.skip();
    await mkdir(join(folder, 'elsewhere'));
    const real = join(folder, 'elsewhere', 'real.json');
    await writeFile(real, '1');
    await symlink(real, path);
    open();
    await said('1');
    await writeFile(real, '2');
    await said('2');
  });

  it('follows a link that turns, as that of a Kubernetes volume', async function () {
    if (process.platform === 'win32') this.skip();
    for (const version of ['1', '2']) {
      await mkdir(join(folder, `v${version}`));
      await writeFile(join(folder, `v${version}`, 'flags.json'), version);
    }
    await symlink('v1', join(folder, '..data'));
    await symlink(join('..data', 'flags.json'), path);
    open({ offlinePollIntervalMs: 3_600_000 });
    await said('1');
    await symlink('v2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await said('2');
  });

  it('follows atomic replacement', async () => {
    await writeFile(path, '1');
    open();
    await said('1');
    for (const version of ['2', '3']) {
      await writeFile(`${path}.new`, version);
      await rename(`${path}.new`, path);
      await said(version);
    }
    expect(recorder.losses).to.deep.equal([]);
  });

  it('says nothing of a file that is only half written', async () => {
    await writeFile(path, '{}');
    open();
    await said('{}');
    await writeFile(path, '{"flags":');
    await recorder.until(({ said }) => said.at(-1) === 'ALL {"flags":');
    await appendFile(path, '{}}');
    await said('{"flags":{}}');
    expect(recorder.invalid).to.deep.equal([]);
  });

  it('says so of a file that stays unusable, and takes what was there before as news', async () => {
    await writeFile(path, '{}');
    open();
    await said('{}');
    await writeFile(path, 'nonsense');
    await recorder.until(({ invalid }) => invalid.length === 1);
    expect(recorder.invalid[0]?.message).to.contain(path);
    await writeFile(path, '{}');
    await said('{}');
    expect(recorder.invalid).to.have.length(1);
  });

  it('is told once that the file is gone, and goes on when it is back', async () => {
    await writeFile(path, '{}');
    open();
    await said('{}');
    await unlink(path);
    await recorder.until(({ losses }) => losses.length === 1);
    expect(recorder.losses[0]?.message).to.contain('ENOENT').and.contain(path);
    expect(source?.status()).to.have.property('state', 'waiting');
    await writeFile(path, '{}');
    await recorder.until(({ events }) => events.length === 2);
    expect(recorder.losses).to.have.length(1);
  });

  it('waits for a file whose folder does not exist yet', async () => {
    path = join(folder, 'later', 'flags.json');
    open();
    await recorder.until(({ losses }) => losses.length === 1);
    await mkdir(join(folder, 'later'));
    await writeFile(path, '1');
    await said('1');
    await writeFile(path, '2');
    await said('2');
  });

  it('does not hand over what has not changed', async () => {
    await writeFile(path, '1');
    open();
    await said('1');
    await utimes(path, new Date(), new Date(0));
    await writeFile(path, '1');
    await writeFile(path, '2');
    await said('2');
    expect(recorder.said).to.deep.equal(['ALL 1', 'ALL 2']);
  });

  it('is silent after a close, and can be opened again', async () => {
    await writeFile(path, '1');
    open();
    source?.close();
    source?.close();
    source?.open();
    await said('1');
    source?.close();
    await writeFile(path, '2');
    expect(source?.status()).to.have.property('state', 'closed');
    source?.open();
    await said('2');
    expect(recorder.said).to.deep.equal(['ALL 1', 'ALL 2']);
  });
});
