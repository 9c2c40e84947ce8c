import { flagsOf, type Command, type FlagSpec } from './command';

/** To be evaluated, or kept as a file `_flagsync` where $fpath leads. */
export function zshCompletion(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => quote(`${name}:${summary}`));
  return `#compdef flagsync
# flagsync: completion for zsh
_flagsync() {
  local curcontext=$curcontext state line
  local -a commands=(
    ${described.join('\n    ')}
    'help:Show all about one command'
  )
  _arguments -C '(- *)'{-h,--help}'[Show help]' '(- *)--version[Show the version]' '1: :->command' '*:: :->rest'
  case $state in
  command) _describe command commands ;;
  rest)
    case $words[1] in
    help) _describe command commands ;;
${commands.map(ofCommand).join('\n')}
    esac ;;
  esac
}
compdef _flagsync flagsync
# the first use of a file in $fpath
if [ "$funcstack[1]" = _flagsync ]; then _flagsync "$@"; fi`;
}

function ofCommand(command: Command): string {
  const specs = [...flagsOf(command).flatMap(ofFlag), ...ofOperands(command)];
  return `    ${command.name}) _arguments -s \\\n      ${specs.map(quote).join(' \\\n      ')} ;;`;
}

function ofFlag({ name, short, value, values, isNegatable = false, isRepeatable = false, help }: FlagSpec): string[] {
  const [meaning = ''] = help.split('; ');
  const action = values ? `(${values.join(' ')})` : value === 'FILE' ? '_files' : ' ';
  const rest = `[${escape(meaning, /[[\]\\]/g)}]${value === undefined ? '' : `:${escape(value, /[:\\]/g)}:${action}`}`;
  const again = isRepeatable ? '*' : '';
  return [
    `${again}--${name}${value === undefined ? '' : '='}${rest}`,
    ...(short === undefined ? [] : [`${again}-${short}${rest}`]),
    ...(isNegatable ? [`--no-${name}[Overrules --${name}]`] : []),
  ];
}

function ofOperands({ operandValues = [], hasFileOperands = false, mostOperands }: Command): string[] {
  if (mostOperands === 0) return [];
  const each = operandValues.length > 0 ? `(${operandValues.join(' ')})` : ' ';
  if (!hasFileOperands) return [`*: :${each}`];
  return [operandValues.length > 0 ? `*: :{_values word ${operandValues.join(' ')}; _files}` : '*: :_files'];
}

function escape(text: string, special: RegExp): string {
  return text.replace(special, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
