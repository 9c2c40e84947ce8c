import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConfigurationProblem } from './configuration-error';
import { isLocal } from './is-local';
import type { GrpcSyncOptions } from './options';
import { token } from './option-types';

type OptionName = keyof GrpcSyncOptions;

/** A value on its way to the resolved options; `name` is that of the option or variable that it came from. */
export interface Finding {
  readonly origin: 'option' | 'environment' | 'default';
  readonly name: string;
  readonly value: unknown;
}

export type Findings = Map<keyof GrpcSyncOptions, Finding>;

/** What no option can check alone. Takes out of `findings` what another option overrules. */
export function checkCombinations(findings: Findings, problems: ConfigurationProblem[], warnings: string[]): void {
  // An option beats a variable also where the two say the same thing in different ways.
  dropOverruled(findings, ['targetUri', 'socketPath'], ['targetUri', 'socketPath', 'host', 'port']);
  dropOverruled(findings, ['authToken', 'authTokenPath'], ['authToken', 'authTokenPath']);
  refuseBoth(findings, 'targetUri', 'socketPath', problems);
  refuseBoth(findings, 'authToken', 'authTokenPath', problems);
  checkTls(findings, problems, warnings);
  checkTokenFile(findings, problems);
  checkTokenStaysSecret(findings, problems);
}

function dropOverruled(findings: Findings, ways: readonly OptionName[], rivals: readonly OptionName[]): void {
  if (!rivals.some((name) => findings.get(name)?.origin === 'option')) return;
  for (const name of ways) {
    if (findings.get(name)?.origin === 'environment') findings.delete(name);
  }
}

function refuseBoth(findings: Findings, one: OptionName, other: OptionName, problems: ConfigurationProblem[]): void {
  const [first, second] = [findings.get(one), findings.get(other)];
  if (first && second) problems.push({ name: first.name, message: `cannot be given together with ${second.name}` });
}

function checkTls(findings: Findings, problems: ConfigurationProblem[], warnings: string[]): void {
  const files = [findings.get('certPath'), findings.get('clientCertPath'), findings.get('clientKeyPath')] as const;
  const [authorities, certificate, key] = files;
  if (findings.get('tls')?.value !== true) {
    for (const { name } of files.filter((file) => file !== undefined)) {
      warnings.push(`${name} has no effect, since the connection is made without TLS; set tls (FLAGD_TLS) to true.`);
    }
    return;
  }
  if (certificate && !key) problems.push({ name: certificate.name, message: 'needs clientKeyPath as well' });
  if (key && !certificate) problems.push({ name: key.name, message: 'needs clientCertPath as well' });
  checkFile(authorities, 'certificates in PEM', (pem) => new X509Certificate(pem), problems);
  checkFile(certificate, 'a certificate in PEM', (pem) => new X509Certificate(pem), problems);
  checkFile(key, 'an unencrypted private key in PEM', (pem) => createPrivateKey(pem), problems);
}

function checkTokenFile(findings: Findings, problems: ConfigurationProblem[]): void {
  const isToken = (content: string) => {
    if (token.fromText(content) === undefined) throw new Error('it holds none');
  };
  checkFile(findings.get('authTokenPath'), 'a token', isToken, problems);
}

/** Anyone on the way could read a token that travels without TLS. */
function checkTokenStaysSecret(findings: Findings, problems: ConfigurationProblem[]): void {
  const secret = findings.get('authToken') ?? findings.get('authTokenPath');
  if (!secret || findings.get('tls')?.value === true || findings.has('offlineFlagSourcePath')) return;
  const place = (name: OptionName) => findings.get(name)?.value as string | undefined;
  const server = { targetUri: place('targetUri'), socketPath: place('socketPath'), host: place('host') };
  if (isLocal(server)) return;
  problems.push({
    name: secret.name,
    message:
      `would be sent in clear to ${server.targetUri ?? server.host ?? 'the server'}; ` +
      'set tls (FLAGD_TLS) to true, or connect to this machine only',
  });
}

function checkFile(
  finding: Finding | undefined,
  expected: string,
  parse: (content: string) => unknown,
  problems: ConfigurationProblem[],
): void {
  if (typeof finding?.value !== 'string') return;
  const { name, value: path } = finding;
  let content;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    problems.push({ name, message: `${JSON.stringify(path)} cannot be read: ${(error as Error).message}` });
    return;
  }
  try {
    parse(content);
  } catch (error) {
    const message = `${JSON.stringify(path)} does not hold ${expected}: ${(error as Error).message}`;
    problems.push({ name, message });
  }
}
