import { flagsOf, type Command } from './command';
import { flagName } from './provider-flags';

/**
 * A message about options, for someone who gives them on a command line: `clientKeyPath` reads `--client-key-path`. What
 * stands in a path or a pointer is left alone.
 */
export function inTermsOfFlags(message: string, command: Pick<Command, 'flags' | 'connects'>): string {
  const known = new Set(flagsOf(command).map(({ name }) => name));
  return message
    .replace(/(?<![\w./-])(?:tls\.)?([a-z]+(?:[A-Z][a-z]+)+)(?![\w/-]|\.\w)/g, (word, option: string) => {
      return known.has(flagName(option)) ? `--${flagName(option)}` : word;
    })
    .replace(/\bset tls (?:\(FLAGD_TLS\) )?to true\b/g, 'give --tls')
    .replace(/\bset tls to false\b/g, 'give --no-tls');
}
