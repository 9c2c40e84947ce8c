import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { GrpcSyncOptions } from '../../src/config/options';
import { createCertificateAuthority, serverCredentials } from '../support/certificates';
import type { Certificate, CertificateAuthority } from '../support/certificates';
import { ScriptedServer } from '../support/scripted-server';
import type { ScriptedServerOptions, ScriptedStream } from '../support/scripted-server';
import { Scene, version } from './application';

const yesterday = new Date(Date.now() - 1000);

describe('a connection that is', () => {
  const scene = new Scene();
  let folder: string;
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let forServer: Certificate;
  let certPath: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'security-'));
    [authority, stranger] = [await createCertificateAuthority(), await createCertificateAuthority('Stranger')];
    forServer = await authority.issue({ commonName: 'server' });
    certPath = await write('authority.pem', authority.cert);
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(() => scene.end());

  async function write(name: string, content: string): Promise<string> {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  async function serve(number: number, options: ScriptedServerOptions = {}) {
    const server = scene.add(await ScriptedServer.start(options));
    server.onStream = (stream) => stream.sendAll(version(number));
    return server;
  }

  async function clientIdentity(name: string, from: CertificateAuthority, notAfter?: Date) {
    const { cert, key } = await from.issue({ commonName: name, ...(notAfter && { notAfter }) });
    return { clientCertPath: await write(`${name}.pem`, cert), clientKeyPath: await write(`${name}.key`, key) };
  }

  /** What the application is told when it cannot connect to a server with these credentials. */
  async function refusal(credentials: ScriptedServerOptions['credentials'], options: GrpcSyncOptions): Promise<string> {
    const server = await serve(1, credentials ? { credentials } : {});
    const application = scene.application({ port: server.port, tls: true, certPath, ...options });
    return application.complaint();
  }

  it('checked by a certificate of the right authority', async () => {
    const server = await serve(1, { credentials: serverCredentials(forServer) });
    const application = scene.application({ port: server.port, tls: true, certPath });
    await application.started;
    expect(application.version).to.equal(1);
  });

  it('checked for another name, which defaultAuthority gives', async () => {
    const elsewhere = await authority.issue({ commonName: 'server', altNames: ['flags.example.com'] });
    const server = await serve(1, { credentials: serverCredentials(elsewhere) });
    const defaultAuthority = 'flags.example.com:443';
    const application = scene.application({ port: server.port, tls: true, certPath, defaultAuthority });
    await application.started;
    expect((await server.nextStream()).host).to.equal(defaultAuthority);
  });

  it('made with a client certificate', async () => {
    const server = await serve(1, { credentials: serverCredentials(forServer, authority) });
    const identity = await clientIdentity('client', authority);
    const application = scene.application({ port: server.port, tls: true, certPath, ...identity });
    await application.started;
    expect(application.version).to.equal(1);
  });

  describe('refused says which check failed:', () => {
    it('the authority', async () => {
      const other = await write('stranger.pem', stranger.cert);
      const message = await refusal(serverCredentials(forServer), { certPath: other });
      expect(message).to.contain('not from an authority in').and.contain(other);
    });

    it('the authority, where the system has to know it', async () => {
      const server = await serve(1, { credentials: serverCredentials(forServer) });
      const application = scene.application({ port: server.port, tls: true });
      expect(await application.complaint()).to.contain('does not trust; set certPath');
    });

    it('the date', async () => {
      const expired = await authority.issue({ commonName: 'server', notAfter: yesterday });
      expect(await refusal(serverCredentials(expired), {})).to.contain("the server's certificate has expired");
    });

    it('the name', async () => {
      const elsewhere = await authority.issue({ commonName: 'server', altNames: ['flags.example.com'] });
      const message = await refusal(serverCredentials(elsewhere), {});
      expect(message).to.contain('for another name').and.contain('defaultAuthority');
    });

    it('the client certificate, which is missing', async () => {
      const message = await refusal(serverCredentials(forServer, authority), {});
      expect(message).to.contain('wants a client certificate').and.contain('clientCertPath');
    });

    it('the client certificate, which is from a stranger', async () => {
      const identity = await clientIdentity('stranger', stranger);
      const message = await refusal(serverCredentials(forServer, authority), identity);
      expect(message).to.contain('refused the client certificate').and.contain(identity.clientCertPath);
    });

    it('the client certificate, which has expired', async () => {
      const identity = await clientIdentity('late', authority, yesterday);
      const message = await refusal(serverCredentials(forServer, authority), identity);
      expect(message).to.contain('refused the client certificate');
    });

    it('TLS, which the server does not speak', async () => {
      expect(await refusal(undefined, {})).to.contain('does not speak TLS; set tls to false');
    });

    it('TLS, which the server expects', async () => {
      const server = await serve(1, { credentials: serverCredentials(forServer) });
      const application = scene.application({ port: server.port });
      expect(await application.complaint()).to.contain('if it expects TLS, set tls to true');
    });
  });

  it('made anew after certificate, key and authority were rotated', async () => {
    const identity = await clientIdentity('rotating', authority);
    const roots = await write('roots.pem', authority.cert);
    const server = await serve(1, { credentials: serverCredentials(forServer, authority) });
    const application = scene.application({ port: server.port, tls: true, certPath: roots, ...identity });
    await application.started;

    server.stop();
    const next = await createCertificateAuthority('Next');
    const credentials = serverCredentials(await next.issue({ commonName: 'server' }), next);
    await serve(2, { credentials, address: `127.0.0.1:${server.port}` });
    await application.until(({ warnings }) => warnings.some((text) => text.includes('not from an authority')));
    await write('roots.pem', next.cert);
    await clientIdentity('rotating', next);
    await application.sees(2);
  });

  it('renewed with the rotated certificate, long before the old one would have been missed', async () => {
    const identity = await clientIdentity('renewed', authority);
    const server = await serve(1, { credentials: serverCredentials(forServer, authority) });
    const options = { tls: true, certPath, ...identity, streamDeadlineMs: 50 };
    const application = scene.application({ port: server.port, ...options });
    await application.started;
    const before = (await server.nextStream()).clientCertificate;
    await clientIdentity('renewed', authority);
    let after = before;
    while (before && after?.equals(before)) after = (await server.nextStream()).clientCertificate;
    expect(after).to.have.property('length').above(0);
    expect(application.told).to.deep.equal([]);
  });

  describe('allowed by a token', () => {
    const token = 'top-secret-token';

    /** A server that knows one token, and repeats what it was given when it refuses, as some do. */
    async function serveTo(expected: () => string) {
      const server = scene.add(await ScriptedServer.start());
      server.onStream = (stream) => {
        const said = bearer(stream);
        if (said === `Bearer ${expected()}`) stream.sendAll(version(1));
        else stream.fail(status.UNAUTHENTICATED, `not a token that I know: ${said}`);
      };
      return server;
    }

    const bearer = ({ metadata }: ScriptedStream) => metadata.get('authorization').join();

    it('from an option', async () => {
      const server = await serveTo(() => token);
      const application = scene.application({ port: server.port, authToken: token });
      await application.started;
      expect(application.version).to.equal(1);
    });

    it('from a function, asked for every stream', async () => {
      const server = await serveTo(() => 'token-3');
      let asked = 0;
      const authToken = () => Promise.resolve(`token-${++asked}`);
      const application = scene.application({ port: server.port, authToken });
      await application.started;
      expect(asked).to.equal(3);
    });

    it('from a file, read for every stream', async () => {
      const server = await serveTo(() => 'second');
      const authTokenPath = await write('token', 'first\n');
      const application = scene.application({ port: server.port, authTokenPath });
      await application.until(({ warnings }) => warnings.length > 0);
      await write('token', 'second\n');
      await application.sees(1);
    });

    it('that is refused at first and becomes valid', async () => {
      let expected = 'another';
      const server = await serveTo(() => expected);
      const application = scene.application({ port: server.port, authToken: token });
      expect(await application.complaint())
        .to.contain('UNAUTHENTICATED')
        .and.contain('authToken was sent');
      expected = token;
      await application.sees(1);
    });

    it('that is missing', async () => {
      const server = await serveTo(() => token);
      const application = scene.application({ port: server.port });
      expect(await application.complaint()).to.contain('no token was sent');
    });

    it('that nobody gets to see, even if the server repeats it', async () => {
      const server = await serveTo(() => 'another');
      const application = scene.application({ port: server.port, authToken: token, deadlineMs: 200 });
      const error = await application.started;
      expect(await application.complaint()).to.contain('[redacted]');
      const seen = [inspect(error, { depth: 9 }), inspect(application.provider, { depth: 9 }), ...application.warnings];
      expect(seen.join()).not.to.contain(token);
    });

    for (const [what, authToken] of [
      ['fails', () => Promise.reject(new Error('vault is sealed'))],
      ['gives nothing', () => undefined as unknown as string],
      ['gives what no header may hold', () => `${token}\nx: y`],
    ] as const) {
      it(`that the function does not give, because it ${what}`, async () => {
        const server = await serveTo(() => token);
        const application = scene.application({ port: server.port, authToken });
        const complaint = await application.complaint();
        expect(complaint).to.contain('authToken');
        expect(complaint).not.to.contain(token);
        expect(server.calls).to.deep.equal([]);
      });
    }

    it('that the function takes too long to give', async () => {
      const server = await serveTo(() => token);
      let asked = 0;
      const authToken = () => (++asked === 1 ? new Promise<string>(() => undefined) : token);
      const application = scene.application({ port: server.port, authToken, deadlineMs: 50, retryBackoffMaxMs: 50 });
      await application.sees(1);
    });
  });
});
