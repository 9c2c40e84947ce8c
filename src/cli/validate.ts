import { extname } from 'node:path';
import { at, FlagFileError, placeOf, type Place } from '../server/flag-file-error';
import { readFlagFile } from '../server/read-flag-file';
import { checkFlagSet } from './check-flag-set';
import { exitCode, jsonFlag, type Command } from './command';
import { duplicateNames } from './duplicate-names';
import { UsageError } from './failure';
import type { Severity } from './finding';
import { printable, type Terminal } from './terminal';

export const validate: Command = {
  name: 'validate',
  operands: 'FILE… [options]',
  hasFileOperands: true,
  summary: 'Check flag files: every fault with its place',
  about: `Checks flag files, in JSON or YAML (.yaml, .yml), and writes every fault as FILE:LINE:COLUMN: with what was expected.
Errors are what makes a flag, or part of it, fail: structure, types of variants, default variants, unknown
operators, references to nothing, targeting that names no variant, weights. Warnings are what can hardly be
meant: variants that nobody can get, named rules that nobody refers to, members that look misspelt.
As a pre-commit hook: flagsync validate --strict FILE…`,
  flags: [{ name: 'strict', help: 'Take warnings for errors' }, jsonFlag],
  connects: false,
  codes: 'Exit codes: 0 no errors (there may be warnings); 1 errors; 2 the command line cannot be used.',

  async run(args, terminal) {
    if (args.operands.length === 0) throw new UsageError('expected a FILE');
    const faults = (await Promise.all(args.operands.map(faultsOf))).flat();
    const shown = args.has('strict') ? faults.map((fault) => ({ ...fault, severity: 'error' as const })) : faults;
    const errors = shown.filter(({ severity }) => severity === 'error').length;
    const summary = { files: args.operands.length, errors, warnings: shown.length - errors };
    if (args.has('json')) terminal.json({ ...summary, faults: shown });
    else show(shown, summary, terminal);
    return errors > 0 ? exitCode.findings : exitCode.ok;
  },
};

interface Fault extends Partial<Place> {
  readonly file: string;
  readonly severity: Severity;
  /** JSON pointer, if a part of the flag set is to blame. */
  readonly pointer?: string;
  readonly message: string;
}

async function faultsOf(file: string): Promise<readonly Fault[]> {
  try {
    const content = await readFlagFile(file);
    const { text, document } = content;
    const duplicates = /^\.ya?ml$/i.test(extname(file)) ? [] : duplicateNames(text);
    const faults: Fault[] = duplicates.map(({ name, offset }) => {
      const message = `${JSON.stringify(name)} is there twice; the later one counts`;
      return { file, ...placeOf(text, offset), severity: 'error', message };
    });
    for (const finding of checkFlagSet(document)) faults.push({ file, ...content.locate(finding), ...finding });
    return faults.sort((one, other) => order(one.line, other.line) || order(one.column, other.column));
  } catch (error) {
    if (!(error instanceof FlagFileError)) throw error;
    return [{ file, ...error.place, severity: 'error', message: error.fault }];
  }
}

function order(one = 0, other = 0): number {
  return one - other;
}

function show(faults: readonly Fault[], summary: Record<string, number>, terminal: Terminal): void {
  for (const { file, line, column, severity, pointer = '', message } of faults) {
    const place = at(file, line === undefined || column === undefined ? undefined : { line, column });
    const color = severity === 'error' ? terminal.red : terminal.yellow;
    terminal.print(`${printable(place)} ${color(`${severity}:`)} ${printable(`${pointer} ${message}`.trim())}`);
  }
  const counts = Object.entries(summary).map(([what, count]) => `${count} ${count === 1 ? what.slice(0, -1) : what}`);
  terminal.note(counts.join(', '));
}
