import { inspect } from 'node:util';
import { SafeLogger } from '@openfeature/server-sdk';
import { ConfigurationError, type ConfigurationProblem } from './configuration-error';
import { optionTable, type OptionRow } from './option-table';
import type { GrpcSyncOptions, ResolvedOptions } from './options';
import { checkCombinations, type Finding, type Findings } from './option-combinations';

type OptionName = keyof GrpcSyncOptions;

/** The variables, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that a provider would use: a plain frozen object whose keys are the option names.
 *
 * @throws {ConfigurationError} if a value cannot be used; it lists every such value.
 */
export function resolveOptions(options: GrpcSyncOptions = {}, env: Environment = process.env): ResolvedOptions {
  const problems: ConfigurationProblem[] = [];
  const warnings: string[] = [];
  const findings: Findings = new Map();
  const names = Object.keys(optionTable) as OptionName[];

  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(optionTable, name)) problems.push({ name, message: 'there is no such option' });
  }
  for (const name of names) {
    const row = optionTable[name] as OptionRow<unknown>;
    const finding =
      fromOption(name, row, options[name], problems) ??
      fromEnvironment(row, env, problems, warnings) ??
      (row.fallback === undefined ? undefined : { origin: 'default' as const, name, value: row.fallback });
    if (finding) findings.set(name, finding);
  }
  checkResolver(env, findings, problems);
  checkCombinations(findings, problems, warnings);
  if (problems.length > 0) throw new ConfigurationError(problems);

  const values = Object.fromEntries([...findings].map(([name, { value }]) => [name, value])) as ResolvedOptions;
  // An exception of the application's logger must not end what is logged about.
  const resolved = { ...values, logger: new SafeLogger(values.logger) };
  for (const warning of warnings) resolved.logger.warn(warning);
  return Object.freeze(withoutSecretsInPrint(resolved));
}

function fromOption(
  name: OptionName,
  { type }: OptionRow<unknown>,
  given: unknown,
  problems: ConfigurationProblem[],
): Finding | undefined {
  if (given === undefined) return undefined;
  const value = type.fromValue(given);
  if (value === undefined) {
    const found = type.secret ? 'the value given' : inspect(given, { depth: 1, breakLength: Infinity });
    problems.push({ name, message: `${found} cannot be used; expected ${type.accepts}` });
  }
  return { origin: 'option', name, value };
}

function fromEnvironment(
  { type, variables }: OptionRow<unknown>,
  env: Environment,
  problems: ConfigurationProblem[],
  warnings: string[],
): Finding | undefined {
  for (const name of variables) {
    const given = env[name]?.trim();
    if (!given) continue;
    if (name === 'FLAGD_PORT' && isServiceLink(given)) {
      warnings.push(
        `FLAGD_PORT=${given} looks like what Kubernetes sets for a service called "flagd"; it is passed over. ` +
          'Set FLAGD_SYNC_PORT to choose a port.',
      );
      continue;
    }
    const value = type.fromText(given);
    if (value === undefined) {
      const found = type.secret ? 'its value' : JSON.stringify(given);
      problems.push({ name, message: `${found} cannot be used; expected ${type.accepts}` });
    }
    return { origin: 'environment', name, value };
  }
  return undefined;
}

/** Kubernetes injects `FLAGD_PORT=tcp://10.0.0.7:8013` into the pods beside a service called flagd. */
function isServiceLink(given: string): boolean {
  return /^(tcp|udp|sctp):\/\//i.test(given);
}

/** `FLAGD_RESOLVER` chooses between flagd's modes of operation, of which this provider has two. */
function checkResolver(env: Environment, findings: Findings, problems: ConfigurationProblem[]): void {
  const name = 'FLAGD_RESOLVER';
  const given = env[name]?.trim().toLowerCase();
  if (!given || given === 'in-process') return;
  if (given === 'file') {
    if (findings.has('offlineFlagSourcePath')) return;
    problems.push({ name, message: '"file" needs a flag file; set FLAGD_OFFLINE_FLAG_SOURCE_PATH' });
    return;
  }
  const reason = given === 'rpc' ? 'this provider evaluates flags itself and does not ask flagd for each' : 'unknown';
  problems.push({ name, message: `${JSON.stringify(given)} cannot be used: ${reason}; expected in-process or file` });
}

/** Lets `inspect`, `console.log` and `JSON.stringify` show the options without their secrets. */
function withoutSecretsInPrint(resolved: ResolvedOptions): ResolvedOptions {
  const shown = () =>
    Object.fromEntries(
      Object.entries(resolved).map(([name, value]) => [
        name,
        (optionTable[name as OptionName] as OptionRow<unknown>).type.secret ? redacted(value) : (value as unknown),
      ]),
    );
  Object.defineProperty(resolved, inspect.custom, { value: shown });
  Object.defineProperty(resolved, 'toJSON', { value: shown });
  return resolved;
}

function redacted(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.keys(value).map((name) => [name, '[redacted]']));
  }
  return typeof value === 'string' ? '[redacted]' : value;
}
