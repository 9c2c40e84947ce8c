import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from './failure';
import { providerFlags } from './provider-flags';
import { likelyName } from './similar-name';
import type { Terminal } from './terminal';

/** What scripts can tell by a command's exit code. */
export const exitCode = { ok: 0, findings: 1, failed: 1, usage: 2 } as const;

/** A flag of a command line. */
export interface FlagSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string;
  /** The values that it can have, where that is not for the user to say. */
  readonly values?: readonly string[];
  /** Whether `--no-…` switches it off, which a variable may have switched on. */
  readonly isNegatable?: boolean;
  readonly isRepeatable?: boolean;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** Behind the name in the usage line. */
  readonly operands: string;
  /** How many there can be. Default: any number. */
  readonly mostOperands?: number;
  /** Words that an operand can be. */
  readonly operandValues?: readonly string[];
  /** Whether an operand can be a file. */
  readonly hasFileOperands?: boolean;
  readonly summary: string;
  /** Paragraphs of the help. */
  readonly about: string;
  readonly flags: readonly FlagSpec[];
  /** Whether the provider's options are flags of the command as well. */
  readonly connects: boolean;
  /** What its exit codes mean, if something of their own. */
  readonly codes?: string;
  /** The exit code if it cannot be done. Default: 1. */
  readonly codeOfFailure?: number;
  /** @returns the exit code */
  run(args: Arguments, terminal: Terminal): Promise<number>;
}

/** Of every command with a result. */
export const jsonFlag: FlagSpec = { name: 'json', help: 'Write JSON, for machines' };

const helpFlag: FlagSpec = { name: 'help', short: 'h', help: 'Show this help' };

export function flagsOf({ flags, connects }: Pick<Command, 'flags' | 'connects'>): readonly FlagSpec[] {
  return [...flags, helpFlag, ...(connects ? providerFlags : [])];
}

/** First line of the help. */
export function usageOf({ name, operands }: Command): string {
  return `Usage: flagsync ${name} ${operands}`;
}

/** A command line, taken apart. */
export class Arguments {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws {UsageError} */
  constructor(command: Command, args: readonly string[]) {
    const flags = flagsOf(command);
    const options: NonNullable<ParseArgsConfig['options']> = {};
    for (const { name, short, value, isRepeatable = false } of flags) {
      const type = value === undefined ? 'boolean' : 'string';
      options[name] = { type, multiple: isRepeatable, ...(short !== undefined && { short }) };
    }
    try {
      const parsed = parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true });
      this.operands = parsed.positionals;
      this.#values = parsed.values;
    } catch (error) {
      throw new UsageError(faultOf(error as Error, flags));
    }
    const { mostOperands = Infinity } = command;
    const [extra] = this.operands.slice(mostOperands);
    // with a request for help, nothing else counts
    if (extra !== undefined && !this.has('help')) {
      throw new UsageError(`${JSON.stringify(extra)} is one argument too many. ${usageOf(command)}`);
    }
  }

  /** Whether a switch is on. */
  has(name: string): boolean {
    return this.#values[name] === true;
  }

  /** On, off by `--no-…`, or not given. */
  switch(name: string): boolean | undefined {
    return this.#values[name] as boolean | undefined;
  }

  value(name: string): string | undefined {
    return this.#values[name] as string | undefined;
  }

  values(name: string): readonly string[] {
    return (this.#values[name] as string[] | undefined) ?? [];
  }
}

/** What Node.js finds wrong with a command line, in fewer words and with what may be meant. */
function faultOf({ message }: Error, flags: readonly FlagSpec[]): string {
  const [, given = ''] = /^Unknown option '([^']+)'/.exec(message) ?? [];
  if (given !== '') {
    const meant = likelyName(
      given.replace(/^-+/, ''),
      flags.map(({ name }) => name),
    );
    return `there is no option ${given}${meant === undefined ? '' : `; --${meant} may be meant`}`;
  }
  const [, name = ''] = /^Option '.*--([a-z-]+)/.exec(message) ?? [];
  const value = flags.find((flag) => flag.name === name)?.value;
  if (name === '') return message;
  return value === undefined ? `--${name} takes no value` : `--${name} needs a value: --${name}=${value}`;
}
