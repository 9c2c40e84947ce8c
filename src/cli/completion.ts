import { bashCompletion } from './completion-bash';
import { fishCompletion } from './completion-fish';
import { zshCompletion } from './completion-zsh';
import { exitCode, type Command } from './command';
import { UsageError } from './failure';

const shells: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The command that writes a shell's completion of the others, and of itself. */
export function completionOf(others: readonly Command[]): Command {
  const completion: Command = {
    name: 'completion',
    operands: Object.keys(shells).join('|'),
    mostOperands: 1,
    operandValues: Object.keys(shells),
    summary: 'Write a script that completes commands and options in your shell',
    about: `Writes a script that completes the commands, their options, and those of their values that are known. Add to

  ~/.bashrc                    eval "$(flagsync completion bash)"
  ~/.zshrc, behind compinit    eval "$(flagsync completion zsh)"
  ~/.config/fish/config.fish   flagsync completion fish | source`,
    flags: [],
    connects: false,

    run(args, terminal) {
      const [shell = ''] = args.operands;
      const script = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (!script) throw new UsageError(`expected one of ${Object.keys(shells).join(', ')}`);
      terminal.print(script([...others, completion]));
      return Promise.resolve(exitCode.ok);
    },
  };
  return completion;
}
