import { optionTable, type OptionRow } from '../config/option-table';
import type { GrpcSyncOptions } from '../config/options';
import { flag } from '../config/option-types';
import type { Arguments, FlagSpec } from './command';
import { UsageError } from './failure';

/** The options that a command line can hold: all but those that take functions. */
const rows = Object.entries(optionTable as Record<string, OptionRow<unknown>>).filter(
  ([, { variables }]) => variables.length > 0,
);

/** `authTokenPath` is `auth-token-path`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** The provider's options as flags. */
export const providerFlags: readonly FlagSpec[] = rows.map(([option, { type, variables, fallback }]) => ({
  name: flagName(option),
  ...(type !== flag && { value: 'VALUE' }),
  help: [
    type.accepts,
    variables.join(', else '),
    ...(isWorthSaying(fallback) ? [`default ${String(fallback)}`] : []),
  ].join('; '),
}));

function isWorthSaying(fallback: unknown): boolean {
  return typeof fallback === 'string' || typeof fallback === 'number' || typeof fallback === 'boolean';
}

/**
 * The provider's options that a command line gives. The others come from the environment.
 *
 * @throws {UsageError} if a value cannot be used
 */
export function providerOptions(args: Arguments): GrpcSyncOptions {
  const options: Record<string, unknown> = {};
  for (const [option, row] of rows) {
    const name = flagName(option);
    options[option] = row.type === flag ? args.switch(name) : fromText(name, row, args.value(name));
  }
  return options;
}

/** @throws {UsageError} if the text stands for no value */
export function fromText<T>(
  name: string,
  { type }: Pick<OptionRow<T>, 'type'>,
  text: string | undefined,
): T | undefined {
  if (text === undefined) return undefined;
  const value = text === '' ? undefined : type.fromText(text);
  if (value !== undefined) return value;
  const found = type.secret ? 'the value given' : JSON.stringify(text);
  throw new UsageError(`--${name}: ${found} cannot be used; expected ${type.accepts}`);
}
