import { flagsOf, type Command, type FlagSpec } from './command';
import { providerFlags } from './provider-flags';

const codes = `Exit codes: 0 all is well; 1 there are findings, or it could not be done; 2 the command line or the
configuration cannot be used.`;

/** What `flagsync --help` shows. */
export function overview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`);
  return `Usage: flagsync COMMAND [arguments]

${rows.join('\n')}

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
    `Usage: flagsync ${command.name} ${command.operands}`,
    '',
    command.about,
    '',
    'Options:',
    ...own.map(describe),
    ...(command.connects
      ? ['', 'Options of the provider (a flag beats its variable):', ...providerFlags.map(describe)]
      : []),
    '',
    command.codes ?? codes,
  ].join('\n');
}

function describe({ name, short, value, isRepeatable = false, help }: FlagSpec): string {
  const flag = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  return `  ${flag.padEnd(34)}${help}${isRepeatable ? ' (repeatable)' : ''}`;
}
