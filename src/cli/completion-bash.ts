import { flagsOf, type Command, type FlagSpec } from './command';
import { providerFlags } from './provider-flags';

/** Where the script knows no words, bash goes on with the names of files. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const flags = commands.flatMap(flagsOf);
  const known = new Set(
    flags.flatMap(({ name, values }) => (values ? [`--${name}) words='${values.join(' ')}' ;;`] : [])),
  );
  const others = new Set(flags.filter(({ value, values }) => value !== undefined && !values).flatMap(dashed));
  return `# flagsync: completion for bash
_flagsync() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words= flags= operands=
  local provider='${wordsOf(providerFlags)}'
  # to bash, --protocol=auto is three words
  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case \${COMP_WORDS[1]} in
${commands.map((command) => `  ${command.name}) ${ofCommand(command)} ;;`).join('\n')}
  help) operands='${names}' ;;
  esac
  if ((COMP_CWORD == 1)); then
    words='${names} help --help --version'
  else
    case $before in
    ${[...known].join('\n    ')}
    ${[...others].join('|')}) ;;
    *) if [[ $word == -* ]]; then words=$flags; else words=$operands; fi ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _flagsync flagsync`;
}

function ofCommand(command: Command): string {
  const own = wordsOf(flagsOf({ ...command, connects: false }));
  return `flags="${own}${command.connects ? ' $provider' : ''}" operands='${(command.operandValues ?? []).join(' ')}'`;
}

function wordsOf(flags: readonly FlagSpec[]): string {
  return flags.flatMap(({ name, isNegatable }) => [`--${name}`, ...(isNegatable ? [`--no-${name}`] : [])]).join(' ');
}

function dashed({ name, short }: FlagSpec): readonly string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}
