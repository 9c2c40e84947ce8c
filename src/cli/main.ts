#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../config/configuration-error';
import { optionTable } from '../config/option-table';
import { Arguments, exitCode, type Command } from './command';
import { diff } from './diff';
import { evaluate } from './eval';
import { UsageError } from './failure';
import { helpOf, overview } from './help';
import { flagName } from './provider-flags';
import { serve } from './serve';
import { printable, Terminal } from './terminal';
import { validate } from './validate';
import { watch } from './watch';

const commands: readonly Command[] = [serve, watch, evaluate, validate, diff];

async function main([name = '', ...args]: readonly string[], terminal: Terminal): Promise<number> {
  const command = commands.find((known) => known.name === (name === 'help' ? args[0] : name));
  try {
    if (command) return await runCommand(command, name === 'help' ? ['--help'] : args, terminal);
    if (name === '--version' || name === '-V') terminal.print(version());
    else if (name === '--help' || name === '-h' || name === 'help') terminal.print(overview(commands));
    else if (name === '') throw new UsageError(overview(commands));
    else throw new UsageError(`flagsync: there is no command ${JSON.stringify(name)}.\nTry "flagsync --help".`);
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

/** Tells what went wrong, without a stack: it is the user's input, file or server that is at fault. */
function report(error: unknown, terminal: Terminal, command: Command | undefined): number {
  if (error instanceof UsageError) {
    terminal.note(command ? `flagsync ${command.name}: ${printableLines(error.message)}` : error.message);
    if (command) terminal.note(`Try "flagsync ${command.name} --help".`);
    return exitCode.usage;
  }
  const prefix = command ? `flagsync ${command.name}:` : 'flagsync:';
  if (error instanceof ConfigurationError) {
    for (const { name, message } of error.problems) {
      const shown = Object.hasOwn(optionTable, name) ? `--${flagName(name)}` : name;
      terminal.note(`${prefix} ${shown}: ${printable(message)}`);
    }
    return exitCode.usage;
  }
  terminal.note(`${prefix} ${printableLines(error instanceof Error ? error.message : String(error))}`);
  return command?.codeOfFailure ?? exitCode.failed;
}

function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function version(): string {
  const path = join(__dirname, '..', '..', 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // whoever read has seen enough, as `head` does
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

void main(process.argv.slice(2), new Terminal(process.stdout, process.stderr)).then((code) => {
  process.exitCode = code;
});
