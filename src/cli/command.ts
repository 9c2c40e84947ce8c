import { parseArgs, type ParseArgsConfig } from 'node:util';
import { providerFlags } from './provider-flags';
import type { Terminal } from './terminal';
import { UsageError } from './failure';

/** What scripts can tell by a command's exit code. */
export const exitCode = { ok: 0, findings: 1, failed: 1, usage: 2 } as const;

/** A flag of a command line. */
export interface FlagSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What stands for its value in the help; absent for a switch. */
  readonly value?: string;
  readonly isRepeatable?: boolean;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  /** Behind the name in the usage line. */
  readonly operands: string;
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

/** Those that every command has. */
const commonFlags: readonly FlagSpec[] = [
  { name: 'json', help: 'Write JSON, for machines' },
  { name: 'help', short: 'h', help: 'Show this help' },
];

export function flagsOf({ flags, connects }: Command): readonly FlagSpec[] {
  return [...flags, ...commonFlags, ...(connects ? providerFlags : [])];
}

/** A command line, taken apart. */
export class Arguments {
  readonly operands: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws {UsageError} */
  constructor(command: Command, args: readonly string[]) {
    const options: NonNullable<ParseArgsConfig['options']> = {};
    for (const { name, short, value, isRepeatable = false } of flagsOf(command)) {
      const type = value === undefined ? 'boolean' : 'string';
      options[name] = { type, multiple: isRepeatable, ...(short !== undefined && { short }) };
    }
    try {
      const parsed = parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true });
      this.operands = parsed.positionals;
      this.#values = parsed.values;
    } catch (error) {
      throw new UsageError((error as Error).message.replace(/\. To specify a positional argument.*/s, '.'));
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
