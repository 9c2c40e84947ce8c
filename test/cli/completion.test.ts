import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { Workplace } from './flagsync';

const commands = ['serve', 'watch', 'eval', 'validate', 'diff', 'completion'];

describe('flagsync completion', () => {
  const workplace = Workplace.perTest();

  /** The options that the help of a command names. */
  async function optionsOf(command: string): Promise<string[]> {
    const { stdout } = await workplace().run(command, '--help');
    return [...stdout.matchAll(/^ {2}(?:-\w,| {3}) (--[a-z-]+(?:, --[a-z-]+)?)/gm)].flatMap(([, names]) =>
      names!.split(', '),
    );
  }

  describe('bash', () => {
    before(function () {
      if (process.platform === 'win32') this.skip();
    });

    /** What bash completes each of these lines to, asked in the way that it asks. */
    async function complete(...lines: readonly (readonly string[])[]): Promise<string[][]> {
      const { stdout: script } = await workplace().run('completion', 'bash');
      workplace().write('completion.bash', script);
      workplace().write(
        'ask.bash',
        [
          'source completion.bash',
          ...lines.map((words) => {
            const quoted = words.map((word) => `'${word}'`).join(' ');
            return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _flagsync; echo "\${COMPREPLY[@]}"`;
          }),
          'complete -p flagsync',
        ].join('\n'),
      );
      const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', 'ask.bash'], { cwd: workplace().folder });
      expect(stderr).to.equal('');
      const answers = stdout.trimEnd().split('\n');
      expect(answers.pop()).to.equal('complete -o default -F _flagsync flagsync');
      return answers.map((answer) => answer.split(' ').filter((word) => word !== ''));
    }

    it('completes the commands, and the options that their help names', async () => {
      const [first, second, ofHelp, ...options] = await complete(
        ['flagsync', ''],
        ['flagsync', 'va'],
        ['flagsync', 'help', ''],
        ...commands.map((command) => ['flagsync', command, '-']),
      );
      expect(first).to.deep.equal([...commands, 'help', '--help', '--version']);
      expect(second).to.deep.equal(['validate']);
      expect(ofHelp).to.deep.equal(commands);
      for (const [index, command] of commands.entries()) {
        expect(options[index], command).to.deep.equal(await optionsOf(command));
        expect(options[index]).to.include('--help');
      }
    });

    it('completes values that are known, and leaves others to the names of files', async () => {
      const answers = await complete(
        ['flagsync', 'watch', '--protocol', ''],
        ['flagsync', 'watch', '--protocol', '='],
        ['flagsync', 'watch', '--protocol', '=', 'f'],
        ['flagsync', 'watch', '--fatal-status-codes', 'UNAU'],
        ['flagsync', 'completion', 'z'],
        ['flagsync', 'diff', 's'],
        ['flagsync', 'serve', '--tls', 'flags'],
        ['flagsync', 'eval', '-f', '-'],
        ['flagsync', 'nope', ''],
      );
      const contracts = ['auto', 'flagd.sync.v1', 'sync.v1'];
      expect(answers).to.deep.equal([
        contracts,
        contracts,
        ['flagd.sync.v1'],
        ['UNAUTHENTICATED'],
        ['zsh'],
        ['server'],
        [],
        [],
        [],
      ]);
    });
  });

  for (const shell of ['zsh', 'fish']) {
    it(`knows commands, options and values in ${shell} as well`, async () => {
      const { code, stdout } = await workplace().run('completion', shell);
      expect(code).to.equal(0);
      for (const command of commands) {
        expect(stdout).to.contain(command);
        for (const option of await optionsOf(command)) expect(stdout).to.contain(option.slice(2));
      }
      expect(stdout).to.match(/protocol.*auto flagd\.sync\.v1 sync\.v1/);
    });
  }
});
