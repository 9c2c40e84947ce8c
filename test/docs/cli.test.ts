import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Workplace } from '../cli/flagsync';
import { blocksOf, pages, root } from './markdown';

const page = 'docs/cli.md';
const demo = readFileSync(join(root, 'examples/demo/flags.json'), 'utf8');
const changed = demo.replace('"defaultVariant": "open"', '"defaultVariant": "closed"');
const faulty = `{
  "flags": {
    "checkout": {
      "state": "ON",
      "variants": { "open": true, "closed": false },
      "defaultVariant": "open"
    },
    "limit": {
      "state": "ENABLED",
      "variants": { "low": 10, "high": 100, "never": 0 },
      "defaultVariant": "low",
      "targeting": { "if": [{ "==": [{ "var": "plan" }, "pro"] }, "high"] }
    }
  }
}
`;

/** The words of a command line, as a shell takes them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)].map(([word, single, double]) => single ?? double ?? word);
}

/** Without what differs from run to run. */
function steady(output: string, port: string): string {
  return output
    .replaceAll(port, '8015')
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, 'TIME')
    .replace(/[\d.]+ ms/g, 'N ms')
    .replace(/"timestamp":\d+/g, '"timestamp":N');
}

describe(page, function () {
  this.timeout(20_000);
  const workplace = Workplace.perTest();

  for (const { language, text, line } of blocksOf(page)) {
    if (language !== 'console') continue;
    const [commandLine = '', ...output] = text.split('\n');
    it(`shows what is printed: line ${line}`, async () => {
      const [, name = '', ...args] = wordsOf(commandLine.replace(/^\$ /, ''));
      workplace().write('flags.json', name === 'validate' ? faulty : demo);
      workplace().write('served.json', name === 'diff' ? changed : demo);
      workplace().write('users.jsonl', '{"targetingKey":"a","plan":"pro"}\n{"targetingKey":"b"}\n');
      const { port } = await workplace().serve('served.json');
      process.env.FLAGD_PORT = port;
      const given = args.map((arg) => arg.replace('localhost:8015', `localhost:${port}`));

      const running = name === 'watch' ? workplace().start([name]) : undefined;
      await running?.output(/READY\n/);
      if (running) workplace().write('served.json', changed);
      await running?.output(/defaultVariant.*\n/);
      const { stdout, stderr } = running ? await running.end('SIGINT') : await workplace().run(name, ...given);
      expect(steady(stdout + stderr, port)).to.equal(steady(output.join('\n'), port));
    });
  }
});

describe('what the pages tell to type', () => {
  const workplace = Workplace.perTest();

  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const lines = pages().flatMap((name) =>
    blocksOf(name)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.replaceAll('\\\n', '').split('\n'))
      .map((line) => [name, line] as const),
  );

  it('are command lines that flagsync takes', async () => {
    const commands = lines.flatMap(([name, line]) => {
      const [, typed] = /\bflagsync ([a-z][^#|>)]*)/.exec(line) ?? [];
      return typed === undefined ? [] : [[name, wordsOf(typed)] as const];
    });
    expect(commands).to.have.lengthOf.above(8);
    for (const [name, words] of commands) {
      // the help is shown once everything is understood
      const { code, stderr } = await workplace().run(...words, '--help');
      expect({ code, stderr }, `${name}: flagsync ${words.join(' ')}`).to.deep.equal({ code: 0, stderr: '' });
    }
  });

  it('are scripts that there are', () => {
    const named = lines.flatMap(([, line]) =>
      [...line.matchAll(/npm run (?:-\S+ )*([a-z][\w:-]*)/g)].map(([, script]) => script!),
    );
    for (const script of named) expect(scripts).to.have.property(script);
  });
});

describe('the flag sets of the pages', () => {
  const workplace = Workplace.perTest();

  for (const name of pages()) {
    for (const { language, note, text, line } of blocksOf(name)) {
      if (language !== 'json' || note !== '') continue;
      it(`have no fault: ${name}:${line}`, async () => {
        workplace().write('flags.json', text);
        expect(await workplace().run('validate', '--strict', 'flags.json')).to.include({ code: 0, stdout: '' });
      });
    }
  }
});

describe('the blocks of JavaScript', () => {
  /** What a note behind `js` means, and where the block is run. */
  const notes: Readonly<Record<string, string>> = {
    '': 'snippets.test.ts',
    server: 'sync-server-example.test.ts',
    peers: 'examples/applications/flagd-provider.test.mjs',
    'no-run': 'nowhere: it would not end',
  };

  it('are run, each of them, by a test that is known', () => {
    for (const name of pages()) {
      for (const { language, note, line } of blocksOf(name)) {
        if (language === 'js') expect(notes, `${name}:${line}`).to.have.property(note);
      }
    }
  });
});
