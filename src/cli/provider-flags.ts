import { optionTable, type OptionRow } from '../config/option-table';
import type { GrpcSyncOptions } from '../config/options';
import { flag } from '../config/option-types';
import type { Arguments, FlagSpec } from './command';
import { UsageError } from './failure';

/** The options that a command line can hold: all but those that take functions or objects. */
type FlagOption = Exclude<keyof GrpcSyncOptions, 'contextEnricher' | 'logger'>;

/** What stands for the value in the help, and what the option means. Their documentation says more. */
const meanings: Readonly<Record<FlagOption, readonly [value: string, help: string]>> = {
  host: ['HOST', 'Host of the server'],
  port: ['PORT', 'Its sync port'],
  targetUri: ['URI', 'A gRPC target instead of host and port: dns:///HOST:PORT, ipv4:…, unix:…'],
  socketPath: ['FILE', 'A Unix socket instead of host and port'],
  tls: ['', 'Connect with TLS'],
  certPath: ['FILE', 'Authorities that the server is checked against, in PEM; default those of the system'],
  clientCertPath: ['FILE', 'Certificate of this client, in PEM'],
  clientKeyPath: ['FILE', 'Its private key, in PEM'],
  authToken: ['TOKEN', 'Sent to the server; others on this machine see it in the list of processes'],
  authTokenPath: ['FILE', 'File that holds the token'],
  headers: ['NAME=VALUE,…', 'Further request headers'],
  defaultAuthority: ['NAME', "Name to ask for, and to look for in the server's certificate"],
  selector: ['SELECTOR', 'Which flags the server is to send: flagSetId=ID, for example'],
  providerId: ['ID', 'Names this client to the server'],
  deadlineMs: ['MS', 'How long to wait for the first flags'],
  streamDeadlineMs: ['MS', 'After how long a stream is renewed; 0 is never'],
  keepAliveTime: ['MS', 'Between two pings; 0 is none'],
  retryBackoffMs: ['MS', 'Before the first new attempt'],
  retryBackoffMaxMs: ['MS', 'Between two attempts, at most'],
  retryGracePeriod: ['SECONDS', 'In STALE before ERROR'],
  fatalStatusCodes: ['NAME,…', 'gRPC statuses that end the attempts, on the first connection'],
  maxMessageBytes: ['BYTES', 'Largest message accepted'],
  protocol: ['CONTRACT', 'Contract to speak'],
  offlineFlagSourcePath: ['FILE', 'A flag file instead of a server'],
  offlinePollIntervalMs: ['MS', 'Between two looks at that file where it cannot be watched'],
};

const table: Readonly<Record<FlagOption, OptionRow<unknown>>> = optionTable;
const rows = Object.entries(meanings).map(
  ([option, meaning]) => [option, meaning, table[option as FlagOption]] as const,
);

/** `authTokenPath` is `auth-token-path`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** Of more values than these, the help names none. */
const fewValues = 5;

/** The provider's options as flags. */
export const providerFlags: readonly FlagSpec[] = rows.map(
  ([option, [value, help], { type, variables, fallback }]) => ({
    name: flagName(option),
    ...(type === flag ? { isNegatable: true } : { value }),
    ...(type.values && { values: type.values }),
    help: [
      help,
      ...(type.values && type.values.length <= fewValues ? [`one of ${type.values.join(', ')}`] : []),
      variables.join(', else '),
      ...(isWorthSaying(fallback) ? [`default ${String(fallback)}`] : []),
    ].join('; '),
  }),
);

function isWorthSaying(fallback: unknown): boolean {
  return typeof fallback === 'string' || typeof fallback === 'number';
}

/**
 * The provider's options that a command line gives. The others come from the environment.
 *
 * @throws {UsageError} if a value cannot be used
 */
export function providerOptions(args: Arguments): GrpcSyncOptions {
  const options: Record<string, unknown> = {};
  for (const [option, , row] of rows) {
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
