/** One value that cannot be used. */
export interface ConfigurationProblem {
  /** The option or environment variable at fault, for example `port` or `FLAGD_PORT`. */
  readonly name: string;
  /** What was found and what is accepted. Never holds a secret. */
  readonly message: string;
}

/** Thrown at construction if a value cannot be used; lists every such value, not just the first. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly ConfigurationProblem[]) {
    super(
      ['The configuration of the flag provider cannot be used:']
        .concat(problems.map(({ name, message }) => `  ${name}: ${message}`))
        .join('\n'),
    );
  }
}
