import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FlagFileError, type SyncServer } from '../../src/server';
import { Fixture, flag } from './fixture';
import type { MessageStream } from './test-client';

describe('SyncServer, watching flag files', () => {
  const fixture = Fixture.perTest();
  const on = { flags: { a: flag('on') } };
  const off = { flags: { a: flag('off') } };

  async function serve(...files: string[]): Promise<{ server: SyncServer; stream: MessageStream }> {
    const server = await fixture().start({ files });
    const stream = fixture().connect(server, 'sync.v1').syncFlags();
    await stream.next();
    return { server, stream };
  }

  it('sends what was written', async () => {
    const path = fixture().write('flags.json', on);
    const { stream } = await serve(path);
    fixture().write('flags.json', off);
    expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: off });
    fixture().write('flags.json', on);
    expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: on });
    expect(fixture().logger.at('info')).to.include(`${path}: updated a`);
  });

  it('sends what replaced the file, as many editors save it', async () => {
    const path = fixture().write('flags.json', on);
    const { stream } = await serve(path);
    for (const set of [off, on, off]) {
      renameSync(fixture().write('flags.json.tmp', set), path);
      expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set });
    }
  });

  it('follows links that are replaced, as Kubernetes updates a ConfigMap', async () => {
    const folder = fixture().folder;
    const release = (name: string, set: object) => {
      mkdirSync(join(folder, name));
      fixture().write(join(name, 'flags.json'), set);
      symlinkSync(name, join(folder, '..data.tmp'), 'junction');
      renameSync(join(folder, '..data.tmp'), join(folder, '..data'));
    };
    release('..one', on);
    symlinkSync(join('..data', 'flags.json'), join(folder, 'flags.json'));
    const { stream } = await serve(join(folder, 'flags.json'));
    release('..two', off);
    rmSync(join(folder, '..one'), { recursive: true });
    expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: off });
  });

  it('sees a change of which the folder tells nothing, and goes on from there', async () => {
    mkdirSync(join(fixture().folder, 'elsewhere'));
    const target = fixture().write(join('elsewhere', 'flags.json'), on);
    const link = join(fixture().folder, 'flags.json');
    symlinkSync(target, link);
    const { stream } = await serve(link);
    for (const set of [off, on]) {
      writeFileSync(target, JSON.stringify(set));
      expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set });
    }
  });

  it('survives the replacement of the folder', async () => {
    mkdirSync(join(fixture().folder, 'flags'));
    const path = fixture().write(join('flags', 'flags.json'), on);
    const { stream } = await serve(path);
    renameSync(join(fixture().folder, 'flags'), join(fixture().folder, 'old'));
    await fixture().logger.line(/there is no such file/);
    mkdirSync(join(fixture().folder, 'flags'));
    for (const set of [off, on]) {
      fixture().write(join('flags', 'flags.json'), set);
      expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set });
    }
  });

  it('goes on serving the last good flags while the file is broken, and says where it is', async () => {
    const path = fixture().write('flags.json', on);
    const { server, stream } = await serve(path);
    fixture().write('flags.json', '{\n  "flags": {\n    "a" {}\n  }\n}\n');
    await fixture().logger.line(/^error .*flags\.json:3:9: a colon is missing here\. The flags from before stay\.$/);
    expect((await fixture().connect(server, 'sync.v1').syncFlags().next()).set).to.deep.equal(on);
    fixture().write('flags.json', off);
    expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: off });
    await fixture().logger.line(/^info .*flags\.json: is good again/);
    expect(fixture().logger.at('error')).to.have.lengthOf(1);
  });

  it('goes on serving the last good flags while the file is away', async () => {
    const path = fixture().write('flags.json', on);
    const { server, stream } = await serve(path);
    unlinkSync(path);
    await fixture().logger.line(/^error .*flags\.json: there is no such file\. The flags from before stay\.$/);
    expect((await fixture().connect(server, 'sync.v1').syncFlags().next()).set).to.deep.equal(on);
    fixture().write('flags.json', on);
    await fixture().logger.line(/is good again/);
    fixture().write('flags.json', off);
    expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: off });
  });

  it('serves nothing half-written, however slowly it is written', async () => {
    const path = fixture().write('flags.json', on);
    const { stream } = await serve(path);
    const text = JSON.stringify({ flags: { a: flag('off'), b: flag() } });
    writeFileSync(path, '');
    for (const part of text.match(/.{1,20}/g) ?? []) {
      appendFileSync(path, part);
      await new Promise((done) => setTimeout(done, 5));
    }
    expect((await stream.next()).set).to.deep.equal({ flags: { b: flag() } });
    expect((await stream.next()).set).to.deep.equal(off);
  });

  it('sends nothing if only the spacing changes', async () => {
    const path = fixture().write('flags.json', on);
    const { stream } = await serve(path);
    writeFileSync(path, JSON.stringify(on, null, 4));
    await fixture().logger.line(/^debug .*flags\.json: nothing has changed/);
    fixture().write('flags.json', off);
    expect(await stream.next()).to.deep.equal({ state: 'UPDATE', set: off });
  });

  it('serves several files as one, of which each may change', async () => {
    const one = fixture().write('one.json', { flags: { a: flag(), shared: flag('on') } });
    const two = fixture().write('two.json', { flags: { b: flag(), shared: flag('off') } });
    const { server, stream } = await serve(one, two);
    const { flags } = await fixture().connect(server, 'sync.v1').fetchAllFlags();
    expect(flags).to.deep.equal({ a: flag(), b: flag(), shared: flag('off') });
    fixture().write('two.json', { flags: { b: flag() } });
    expect((await stream.next()).set.flags).to.deep.equal({ shared: flag('on') });
    fixture().write('one.json', { flags: {} });
    expect(await stream.next()).to.deep.equal({ state: 'DELETE', set: { flags: { a: flag(), shared: flag('on') } } });
  });

  it('tells a problem once, and a new one again', async () => {
    const broken = { flags: { a: { ...flag(), state: 'ON' } } };
    const path = fixture().write('flags.json', broken);
    const { stream } = await serve(path);
    fixture().write('flags.json', { flags: { ...broken.flags, b: flag() } });
    await stream.next();
    fixture().write('flags.json', { flags: { ...broken.flags, b: { ...flag(), defaultVariant: 'x' } } });
    await stream.next();
    const problems = fixture()
      .logger.at('warn')
      .map((line) => line.split(' ')[1]);
    expect(problems).to.deep.equal(['/flags/a/state', '/flags/b/defaultVariant']);
  });

  describe('at the start', () => {
    const refused: readonly (readonly [string, string | Uint8Array, string])[] = [
      ['an empty file', '  \n', ':1:1: the file is empty'],
      ['a file that ends too early', '{"flags": {', ':1:12: the text ends, but a closing brace "}" is missing'],
      ['a comment', '{\n  // no\n  "flags": {}\n}', ':2:3: JSON has no comments'],
      ['a comma too many', '{\r\n  "flags": {},\r\n}', ':3:1: a member name in double quotes is missing here'],
      ['a document that is no flag set', '[]', ':1:1: a flag set is an object with "flags"'],
      ['a document without flags', '\n {"a": 1}', ':2:2: "flags" is missing'],
      ['flags that are neither an object nor an array', '{\n "flags":  5\n}', ':2:12: "flags" is neither'],
      ['a file that is not UTF-8', Buffer.from('{\n"fl\xe4gs": {}}', 'latin1'), ':2:1: this line is not valid UTF-8'],
      ['a broken file that is nested too deeply', `{"flags":{"a":${'['.repeat(1e5)}`, ':'],
    ];
    for (const [what, content, message] of refused) {
      it(`refuses ${what}`, async () => {
        const path = fixture().write('flags.json', content);
        const error: unknown = await fixture()
          .create({ files: [path] })
          .start()
          .catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(FlagFileError);
        expect((error as Error).message).to.satisfy((text: string) => text.startsWith(path + message), String(error));
      });
    }

    it('serves a file that is nested very deeply, or refuses it where Node cannot write it', async () => {
      const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
      const path = fixture().write('flags.json', `{"flags":{"a":${deep}}}`);
      const fault = await fixture()
        .create({ files: [path] })
        .start()
        .then(() => undefined, String);
      if (fault !== undefined) expect(fault).to.equal(`FlagFileError: ${path}: it is nested too deeply`);
    });

    it('refuses a file that is not there, and starts once it is', async () => {
      const path = join(fixture().folder, 'flags.json');
      const server = fixture().create({ files: [path] });
      expect(await server.start().catch(String)).to.equal(`FlagFileError: ${path}: there is no such file`);
      fixture().write('flags.json', on);
      await server.start();
      expect(await fixture().connect(server, 'sync.v1').fetchAllFlags()).to.deep.equal(on);
    });

    it('passes over a byte order mark', async () => {
      const server = await fixture().start({ files: [fixture().write('flags.json', `\ufeff${JSON.stringify(on)}`)] });
      expect(await fixture().connect(server, 'sync.v1').fetchAllFlags()).to.deep.equal(on);
    });

    it('tells the first of many problems, and how many more there are', async () => {
      const flags = Array.from({ length: 30 }, () => ({}));
      await fixture().start({ files: [fixture().write('flags.json', { flags })] });
      const lines = fixture().logger.at('warn');
      expect(lines).to.have.lengthOf(21);
      expect(lines.at(-1)).to.match(/flags\.json: 10 more problems like these$/);
    });
  });
});
