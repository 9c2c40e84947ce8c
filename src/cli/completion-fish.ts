import { flagsOf, type Command, type FlagSpec } from './command';

export function fishCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return [
    '# flagsync: completion for fish',
    'complete -c flagsync -n __fish_use_subcommand -f -l help -s h -d "Show help"',
    'complete -c flagsync -n __fish_use_subcommand -f -l version -d "Show the version"',
    'complete -c flagsync -n __fish_use_subcommand -f -a help -d "Show all about one command"',
    `complete -c flagsync -n '__fish_seen_subcommand_from help' -f -a '${names}'`,
    ...commands.flatMap(ofCommand),
  ].join('\n');
}

function ofCommand(command: Command): readonly string[] {
  const { name, summary, operandValues = [], hasFileOperands = false } = command;
  const within = `complete -c flagsync -n '__fish_seen_subcommand_from ${name}'`;
  const operands = `${hasFileOperands ? '' : ' -f'}${operandValues.length > 0 ? ` -a '${operandValues.join(' ')}'` : ''}`;
  return [
    `complete -c flagsync -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    ...(operands === '' ? [] : [within + operands]),
    ...flagsOf(command).flatMap((flag) => ofFlag(flag).map((spec) => `${within} ${spec}`)),
  ];
}

function ofFlag({ name, short, value, values, isNegatable = false, help }: FlagSpec): readonly string[] {
  const [meaning = ''] = help.split('; ');
  const argument = values ? ` -xa '${values.join(' ')}'` : value === 'FILE' ? ' -rF' : value === undefined ? '' : ' -x';
  const names = `-l ${name}${short === undefined ? '' : ` -s ${short}`}`;
  return [
    `${names}${argument} -d ${quote(meaning)}`,
    ...(isNegatable ? [`-l no-${name} -d 'Overrules --${name}'`] : []),
  ];
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
