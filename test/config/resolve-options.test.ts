import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { ConfigurationError } from '../../src/config/configuration-error';
import { optionTable } from '../../src/config/option-table';
import type { GrpcSyncOptions } from '../../src/config/options';
import { resolveOptions, type Environment } from '../../src/config/resolve-options';
import { createCertificateAuthority } from '../support/certificates';

/** The problems that the configuration has, as "name: message". */
function problemsOf(options: object, env: Environment = {}): string[] {
  try {
    resolveOptions(options, env);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError);
    return (error as ConfigurationError).problems.map(({ name, message }) => `${name}: ${message}`);
  }
  return [];
}

/** A logger that keeps what it is told. */
function recorder() {
  const lines: string[] = [];
  const record = (line: unknown) => void lines.push(String(line));
  return { lines, logger: { error: record, warn: record, info: record, debug: record } };
}

describe('resolveOptions', () => {
  it('has the documented defaults', () => {
    const { contextEnricher, logger, ...plain } = resolveOptions({}, {});
    expect(plain).to.deep.equal({
      host: 'localhost',
      port: 8015,
      tls: false,
      headers: {},
      deadlineMs: 500,
      streamDeadlineMs: 600_000,
      keepAliveTime: 0,
      retryBackoffMs: 1000,
      retryBackoffMaxMs: 5000,
      retryGracePeriod: 10,
      fatalStatusCodes: [],
      maxMessageBytes: 268_435_456,
      protocol: 'auto',
      offlinePollIntervalMs: 5000,
    });
    const syncContext = { region: 'eu' };
    expect(contextEnricher(syncContext)).to.equal(syncContext);
    expect(logger).to.respondTo('warn');
  });

  const variables: [string, string, keyof GrpcSyncOptions, unknown][] = [
    ['FLAGD_HOST', 'flags', 'host', 'flags'],
    ['FLAGD_SYNC_PORT', '9090', 'port', 9090],
    ['FLAGD_PORT', '9091', 'port', 9091],
    ['FLAGD_TARGET_URI', 'dns:///flags:8015', 'targetUri', 'dns:///flags:8015'],
    ['FLAGD_SOCKET_PATH', '/run/sync.sock', 'socketPath', '/run/sync.sock'],
    ['FLAGD_TLS', 'TRUE', 'tls', true],
    ['FLAGD_TLS', 'false', 'tls', false],
    ['FLAGD_AUTH_TOKEN', 'secret', 'authToken', 'secret'],
    ['FLAGD_HEADERS', 'X-Tenant=a=b, x-zone=eu', 'headers', { 'x-tenant': 'a=b', 'x-zone': 'eu' }],
    ['FLAGD_DEFAULT_AUTHORITY', 'flags.internal', 'defaultAuthority', 'flags.internal'],
    ['FLAGD_SOURCE_SELECTOR', 'flagSetId=web', 'selector', 'flagSetId=web'],
    ['FLAGD_PROVIDER_ID', 'web-1', 'providerId', 'web-1'],
    ['FLAGD_DEADLINE_MS', '750', 'deadlineMs', 750],
    ['FLAGD_STREAM_DEADLINE_MS', '0', 'streamDeadlineMs', 0],
    ['FLAGD_KEEP_ALIVE_TIME_MS', '30000', 'keepAliveTime', 30_000],
    ['FLAGD_RETRY_BACKOFF_MS', '100', 'retryBackoffMs', 100],
    ['FLAGD_RETRY_BACKOFF_MAX_MS', '12000', 'retryBackoffMaxMs', 12_000],
    ['FLAGD_RETRY_GRACE_PERIOD', '0', 'retryGracePeriod', 0],
    ['FLAGD_RETRY_GRACE_PERIOD', '0.5', 'retryGracePeriod', 0.5],
    [
      'FLAGD_FATAL_STATUS_CODES',
      'unauthenticated, PERMISSION_DENIED',
      'fatalStatusCodes',
      ['UNAUTHENTICATED', 'PERMISSION_DENIED'],
    ],
    ['FLAGD_MAX_MESSAGE_BYTES', '1048576', 'maxMessageBytes', 1_048_576],
    ['FLAGD_SYNC_PROTOCOL', 'sync.v1', 'protocol', 'sync.v1'],
    ['FLAGD_OFFLINE_FLAG_SOURCE_PATH', 'flags.json', 'offlineFlagSourcePath', 'flags.json'],
    ['FLAGD_OFFLINE_POLL_MS', '100', 'offlinePollIntervalMs', 100],
  ];
  for (const [variable, text, option, value] of variables) {
    it(`reads ${option} from ${variable}=${text}`, () => {
      expect(resolveOptions({}, { [variable]: text })[option]).to.deep.equal(value);
    });
  }

  it('knows a variable for every option that is not a function or an object', () => {
    const without = Object.entries(optionTable).filter(([, { variables }]) => variables.length === 0);
    expect(without.map(([name]) => name)).to.deep.equal(['contextEnricher', 'logger']);
  });

  it('reads process.env if no environment is given', () => {
    process.env.FLAGD_PROVIDER_ID = 'from-the-process';
    try {
      expect(resolveOptions().providerId).to.equal('from-the-process');
    } finally {
      delete process.env.FLAGD_PROVIDER_ID;
    }
  });

  it('prefers the option, even where it is zero or false, to the variable and the variable to the default', () => {
    const env = { FLAGD_TLS: 'true', FLAGD_STREAM_DEADLINE_MS: '5', FLAGD_HOST: 'flags', FLAGD_PORT: '1' };
    const resolved = resolveOptions({ tls: false, streamDeadlineMs: 0, host: undefined }, env);
    expect(resolved).to.include({ tls: false, streamDeadlineMs: 0, host: 'flags', port: 1 });
  });

  it('prefers FLAGD_SYNC_PORT to FLAGD_PORT', () => {
    expect(resolveOptions({}, { FLAGD_PORT: '1', FLAGD_SYNC_PORT: '2' }).port).to.equal(2);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(resolveOptions({}, { FLAGD_HOST: '', FLAGD_PORT: ' ' })).to.include({ host: 'localhost', port: 8015 });
  });

  it('passes over what Kubernetes sets for a service called flagd, with a warning', () => {
    const { lines, logger } = recorder();
    expect(resolveOptions({ logger }, { FLAGD_PORT: 'tcp://10.0.0.7:8013' }).port).to.equal(8015);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.contain('FLAGD_PORT=tcp://10.0.0.7:8013').and.to.contain('FLAGD_SYNC_PORT');
  });

  const unusable: [object, Environment, RegExp][] = [
    [{ port: 0 }, {}, /^port: 0 cannot be used; expected a whole number from 1 to 65535$/],
    [{ port: '8015' }, {}, /^port: '8015' cannot/],
    [{ port: NaN }, {}, /^port: NaN cannot/],
    [{ host: '' }, {}, /^host: '' cannot be used; expected a non-empty string$/],
    [{ retryBackoffMs: -1 }, {}, /^retryBackoffMs: -1 cannot/],
    [{ deadlineMs: Infinity }, {}, /^deadlineMs: Infinity cannot/],
    [{ fatalStatusCodes: ['NOPE'] }, {}, /^fatalStatusCodes: \[ 'NOPE' \] cannot be used; expected names out of CANC/],
    [{ protocol: 'grpc' }, {}, /^protocol: 'grpc' cannot be used; expected one of auto, flagd\.sync\.v1, sync\.v1$/],
    [{ contextEnricher: {} }, {}, /^contextEnricher: \{\} cannot/],
    [{ logger: console.log }, {}, /^logger: .* expected an object with the methods error, warn, info, debug$/],
    [{ hots: 'flags' }, {}, /^hots: there is no such option$/],
    [{}, { FLAGD_PORT: 'abc' }, /^FLAGD_PORT: "abc" cannot be used; expected a whole number from 1 to 65535$/],
    [{}, { FLAGD_PORT: '0x10' }, /^FLAGD_PORT: "0x10" cannot/],
    [{}, { FLAGD_TLS: 'yes' }, /^FLAGD_TLS: "yes" cannot be used; expected true or false$/],
    [{}, { FLAGD_RETRY_BACKOFF_MS: '-5' }, /^FLAGD_RETRY_BACKOFF_MS: "-5" cannot/],
    [{}, { FLAGD_FATAL_STATUS_CODES: 'UNAUTHENTICATED,NOPE' }, /^FLAGD_FATAL_STATUS_CODES: "UNAUTH/],
    [{}, { FLAGD_RESOLVER: 'rpc' }, /^FLAGD_RESOLVER: "rpc" cannot be used: this provider evaluates flags itself/],
    [{}, { FLAGD_RESOLVER: 'file' }, /^FLAGD_RESOLVER: "file" needs .*FLAGD_OFFLINE_FLAG_SOURCE_PATH$/],
    [{}, { FLAGD_RESOLVER: 'cloud' }, /^FLAGD_RESOLVER: "cloud" cannot/],
    [{ targetUri: 'dns:///a:1', socketPath: '/s' }, {}, /^targetUri: cannot be given together with socketPath$/],
    [{}, { FLAGD_TARGET_URI: 'dns:///a:1', FLAGD_SOCKET_PATH: '/s' }, /^FLAGD_TARGET_URI: .*FLAGD_SOCKET_PATH$/],
    [{ tls: true, certPath: '/no/such/file' }, {}, /^certPath: "\/no\/such\/file" cannot be read: ENOENT/],
    [{ tls: true, certPath: __filename }, {}, /^certPath: .* does not hold certificates in PEM: /],
    [{ headers: { 'x-bin': 'a' } }, {}, /^headers: the value given cannot/],
    [{ authTokenPath: '/no/such/file' }, {}, /^authTokenPath: "\/no\/such\/file" cannot be read: ENOENT/],
  ];
  for (const [options, env, expected] of unusable) {
    it(`refuses ${inspect(options, { breakLength: Infinity })} ${inspect(env)}`, () => {
      const [problem, ...others] = problemsOf(options, env);
      expect(problem).to.match(expected);
      expect(others).to.deep.equal([]);
    });
  }

  it('lists every problem at once', () => {
    expect(() => resolveOptions({ port: -1 }, { FLAGD_TLS: 'maybe' })).to.throw(
      ConfigurationError,
      /\n {2}port: -1 .*\n {2}FLAGD_TLS: "maybe" /,
    );
  });

  it('accepts FLAGD_RESOLVER where it says what this provider does', () => {
    expect(problemsOf({}, { FLAGD_RESOLVER: 'in-process' })).to.deep.equal([]);
    expect(problemsOf({ offlineFlagSourcePath: 'flags.json' }, { FLAGD_RESOLVER: 'FILE' })).to.deep.equal([]);
  });

  it('lets an option overrule a variable that says the same in another way', () => {
    const env = { FLAGD_SOCKET_PATH: '/run/a.sock', FLAGD_AUTH_TOKEN_PATH: '/no/such/file' };
    const resolved = resolveOptions({ host: 'localhost', authToken: 'a' }, env);
    expect(resolved.socketPath).to.equal(undefined);
    expect(resolved.authTokenPath).to.equal(undefined);
  });

  describe('with a token', () => {
    const places: [GrpcSyncOptions, boolean][] = [
      [{ host: 'localhost' }, true],
      [{ host: '127.1.2.3' }, true],
      [{ host: '::1' }, true],
      [{ host: '[::1]' }, true],
      [{ socketPath: '/run/sync.sock' }, true],
      [{ targetUri: 'unix:/run/sync.sock' }, true],
      [{ targetUri: 'ipv4:127.0.0.1:8015,127.0.0.2:8015' }, true],
      [{ targetUri: 'ipv6:[::1]:8015' }, true],
      [{ targetUri: 'dns:///localhost:8015' }, true],
      [{ targetUri: 'localhost:8015' }, true],
      [{ targetUri: 'envoy://localhost:9211/flags' }, true],
      [{ host: 'flags', tls: true }, true],
      [{ offlineFlagSourcePath: 'flags.json', host: 'flags' }, true],
      [{ host: 'flags' }, false],
      [{ host: '127.0.0.1.example.com' }, false],
      [{ targetUri: 'ipv4:127.0.0.1:8015,10.0.0.1:8015' }, false],
      [{ targetUri: 'dns:///flags:8015' }, false],
      [{ targetUri: 'dns://localhost/flags:8015' }, false],
      [{ targetUri: 'flags:8015' }, false],
      [{ targetUri: 'envoy://proxy:9211/localhost' }, false],
      [{ targetUri: 'xds:///localhost' }, false],
    ];
    for (const [place, accepted] of places) {
      it(`${accepted ? 'accepts' : 'refuses'} ${inspect(place)}`, () => {
        const problems = problemsOf({ ...place, authToken: 'token-of-mine' });
        if (accepted) expect(problems).to.deep.equal([]);
        else
          expect(problems.join())
            .to.match(/^authToken: would be sent in clear/)
            .and.not.contain('token-of-mine');
      });
    }
  });

  it('never prints a secret', () => {
    const options = { authToken: 'token-of-mine', headers: { 'x-api-key': 'key-of-mine' } };
    const resolved = resolveOptions(options, {});
    expect(resolved.authToken).to.equal('token-of-mine');
    for (const print of [inspect(resolved), inspect({ resolved }, { depth: 9 }), JSON.stringify(resolved)]) {
      expect(print)
        .to.contain('[redacted]')
        .and.to.contain('localhost')
        .and.not.to.match(/of-mine/);
    }
    const refused = problemsOf({ authToken: 'line\nof-mine', headers: { 'x-api-key': 'line\nof-mine' } });
    expect(refused.join()).to.not.contain('of-mine');
    expect(problemsOf({}, { FLAGD_HEADERS: 'of-mine' }).join()).to.not.contain('of-mine');
  });

  it('is a plain frozen object', () => {
    const resolved = resolveOptions({}, {});
    expect(Object.getPrototypeOf(resolved)).to.equal(Object.prototype);
    expect(resolved).to.be.frozen;
    expect(resolved.headers).to.be.frozen;
    expect(resolved.fatalStatusCodes).to.be.frozen;
  });

  describe('with files', () => {
    let folder: string;
    const file = (name: string, content: string) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    };
    before(() => void (folder = mkdtempSync(join(tmpdir(), 'resolve-options-'))));
    after(() => rmSync(folder, { recursive: true }));

    it('accepts certificates and a key, and wants both halves of a client certificate', async () => {
      const authority = await createCertificateAuthority();
      const { cert, key } = await authority.issue({ commonName: 'client' });
      const options = {
        tls: true,
        certPath: file('ca.pem', authority.cert),
        clientCertPath: file('client.pem', cert),
        clientKeyPath: file('client.key', key),
      };
      expect(problemsOf(options)).to.deep.equal([]);
      expect(problemsOf({ ...options, clientKeyPath: undefined })).to.deep.equal([
        'clientCertPath: needs clientKeyPath as well',
      ]);
      expect(problemsOf({ ...options, clientCertPath: undefined })).to.deep.equal([
        'clientKeyPath: needs clientCertPath as well',
      ]);
      expect(problemsOf({ ...options, clientKeyPath: options.certPath }).join()).to.match(
        /^clientKeyPath: .* does not hold an unencrypted private key in PEM/,
      );
    });

    it('warns of certificates that have no effect without TLS', () => {
      const { lines, logger } = recorder();
      resolveOptions({ certPath: '/no/such/file', logger }, {});
      expect(lines.join()).to.match(/^certPath has no effect/);
    });

    it('wants a token in the token file', () => {
      const authTokenPath = file('token', 'abc\n');
      expect(problemsOf({ authTokenPath })).to.deep.equal([]);
      expect(problemsOf({ authTokenPath, authToken: 'a' })).to.deep.equal([
        'authToken: cannot be given together with authTokenPath',
      ]);
      expect(problemsOf({ authTokenPath: file('empty', '\n') }).join()).to.match(/^authTokenPath: .* not hold a token/);
    });
  });
});
