import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../config/configuration-error';
import { optionTable } from '../config/option-table';
import { Arguments, exitCode, type Command } from './command';
import { completionOf } from './completion';
import { diff } from './diff';
import { evaluate } from './eval';
import { UsageError } from './failure';
import { inTermsOfFlags } from './flag-terms';
import { helpOf, overview } from './help';
import { flagName } from './provider-flags';
import { serve } from './serve';
import { likelyName } from './similar-name';
import { printable, type Terminal } from './terminal';
import { validate } from './validate';
import { watch } from './watch';

const withResults: readonly Command[] = [serve, watch, evaluate, validate, diff];
const commands = [...withResults, completionOf(withResults)];

/**
 * Does what a command line asks for. What goes wrong is told on the terminal.
 *
 * @param argv without the program
 * @returns the exit code
 */
export async function flagsync(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [first = '', ...others] = argv;
  const isHelp = ['help', '--help', '-h'].includes(first);
  const [name = '', ...args] = isHelp ? [...others.slice(0, 1), '--help'] : [first, ...others];
  const command = commands.find((known) => known.name === name);
  try {
    if (command) return await runCommand(command, args, terminal);
    if (['--version', '-V', '-v'].includes(name)) terminal.print(version());
    else if (isHelp && others.length === 0) terminal.print(overview(commands));
    else throw new UsageError(name === '' ? overview(commands) : unknown(name));
    return exitCode.ok;
  } catch (error) {
    return report(error, terminal, command);
  }
}

async function runCommand(command: Command, args: readonly string[], terminal: Terminal): Promise<number> {
  const parsed = new Arguments(command, args);
  if (parsed.has('help')) {
    terminal.print(helpOf(command));
    return exitCode.ok;
  }
  return command.run(parsed, terminal);
}

function unknown(name: string): string {
  const meant = likelyName(
    name,
    commands.map((known) => known.name),
  );
  const fault = name.startsWith('-')
    ? `expected a command before ${name}`
    : `there is no command ${JSON.stringify(name)}`;
  return `flagsync: ${fault}${meant === undefined ? '' : `; ${JSON.stringify(meant)} may be meant`}.\nTry "flagsync --help".`;
}

/** Tells what went wrong, without a stack: it is the user's input, file or server that is at fault. */
function report(error: unknown, terminal: Terminal, command: Command | undefined): number {
  if (error instanceof UsageError) {
    terminal.note(command ? `flagsync ${command.name}: ${printableLines(error.message)}` : error.message);
    if (command) terminal.note(`Try "flagsync ${command.name} --help".`);
    return exitCode.usage;
  }
  const prefix = command ? `flagsync ${command.name}:` : 'flagsync:';
  const inFlags = (text: string) => (command ? inTermsOfFlags(text, command) : text);
  if (error instanceof ConfigurationError) {
    for (const { name, message } of error.problems) {
      const shown = Object.hasOwn(optionTable, name) ? `--${flagName(name)}` : name;
      terminal.note(`${prefix} ${shown}: ${printable(inFlags(message))}`);
    }
    return exitCode.usage;
  }
  terminal.note(`${prefix} ${printableLines(inFlags(error instanceof Error ? error.message : String(error)))}`);
  return command?.codeOfFailure ?? exitCode.failed;
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function version(): string {
  const path = join(__dirname, '..', '..', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
