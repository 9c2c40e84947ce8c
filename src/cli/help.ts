import { flagsOf, usageOf, type Command, type FlagSpec } from './command';
import { providerFlags } from './provider-flags';

const codes = `Exit codes: 0 all is well; 1 there are findings, or it could not be done; 2 the command line or the
configuration cannot be used.`;

/** What `flagsync --help` shows. */
export function overview(commands: readonly Command[]): string {
  return `Usage: flagsync COMMAND [arguments]

${columns(commands.map(({ name, summary }) => [name, summary])).join('\n')}

  flagsync COMMAND --help   all about one command
  flagsync --version

Connections take the options of the provider as flags, and its FLAGD_* variables.
${codes}
Colours appear on a terminal only, and not if NO_COLOR is set.`;
}

/** What `flagsync COMMAND --help` shows. */
export function helpOf(command: Command): string {
  const own = flagsOf({ ...command, connects: false });
  return [
    usageOf(command),
    '',
    command.about,
    '',
    'Options:',
    ...columns(own.map(describe)),
    ...(command.connects
      ? ['', 'Options of the provider (a flag beats its variable):', ...columns(providerFlags.map(describe))]
      : []),
    '',
    command.codes ?? codes,
  ].join('\n');
}

function describe({ name, short, value, isNegatable = false, isRepeatable = false, help }: FlagSpec): Row {
  const dashed = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
  const flag = `${dashed}${value === undefined ? '' : ` ${value}`}${isNegatable ? `, --no-${name}` : ''}`;
  return [flag, `${help}${isRepeatable ? ' (repeatable)' : ''}`];
}

type Row = readonly [what: string, meaning: string];

function columns(rows: readonly Row[]): readonly string[] {
  const width = Math.max(...rows.map(([what]) => what.length));
  return rows.map(([what, meaning]) => `  ${what.padEnd(width)}  ${meaning}`);
}
