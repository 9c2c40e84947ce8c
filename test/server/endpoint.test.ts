import { once } from 'node:events';
import { existsSync, linkSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { expect } from 'chai';
import { createCertificateAuthority, type Certificate, type CertificateAuthority } from '../support/certificates';
import { Fixture, flag } from './fixture';

describe('SyncServer, where clients connect', () => {
  const fixture = Fixture.perTest();

  async function refusal(start: Promise<void>): Promise<string> {
    return start.then(() => 'started', String);
  }

  describe('host and port', () => {
    it('finds a free port, and says what to connect to', async () => {
      const server = await fixture().start();
      expect(server.port).to.be.greaterThan(0);
      expect(server.target).to.equal(`localhost:${server.port}`);
    });

    for (const host of ['127.0.0.1', '::1', '0.0.0.0', '::']) {
      it(`listens on ${host}`, async function () {
        if (host.includes(':') && !hasIPv6()) this.skip();
        const server = await fixture().start({ host });
        server.setFlag('a', flag());
        const { flags } = await fixture().connect(server, 'sync.v1').fetchAllFlags();
        expect(flags).to.deep.equal({ a: flag() });
      });
    }

    it('says that a port is in use', async () => {
      const { port } = await fixture().start();
      const second = fixture().create({ port });
      expect(await refusal(second.start())).to.equal(
        `Error: Cannot listen on localhost:${port}: the port is in use already`,
      );
    });

    it('says that it cannot have an address or find a host', async () => {
      expect(await refusal(fixture().create({ host: '192.0.2.1' }).start())).to.equal(
        'Error: Cannot listen on 192.0.2.1:0: this machine has no such address',
      );
      expect(await refusal(fixture().create({ host: 'no-such-host.invalid' }).start())).to.match(
        /^Error: Cannot listen on no-such-host\.invalid:0: /,
      );
    });

    it('survives clients that speak something else, or go in the middle', async () => {
      const server = await fixture().start();
      const client = fixture().connect(server, 'sync.v1');
      const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
      for (const bytes of ['GET / HTTP/1.1\r\n\r\n', preface.slice(0, 9), `${preface}${'x'.repeat(1000)}`]) {
        const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
        await once(socket, 'connect');
        socket.write(bytes);
        await new Promise((done) => setImmediate(done));
        socket.resetAndDestroy();
        expect(await client.fetchAllFlags()).to.deep.equal({ flags: {} });
      }
    });

    it('has neither port nor target until it is started', () => {
      const server = fixture().create();
      expect(() => server.port).to.throw('does not run');
      expect(() => server.target).to.throw('does not run');
    });
  });

  describe('Unix socket', function () {
    before(function () {
      if (process.platform === 'win32') this.skip();
    });

    it('serves on it, and takes it away at the end', async () => {
      const socketPath = join(fixture().folder, 'sync.sock');
      const server = await fixture().start({ socketPath });
      server.setFlag('a', flag());
      expect(server.target).to.equal(`unix:${socketPath}`);
      expect(() => server.port).to.throw('listens on');
      expect(await fixture().connect(server, 'flagd.sync.v1').fetchAllFlags()).to.deep.equal({ flags: { a: flag() } });
      await server.stop();
      expect(existsSync(socketPath)).to.equal(false);
    });

    it('replaces the file that a server left which was killed', async () => {
      const socketPath = join(fixture().folder, 'sync.sock');
      const left = createServer().listen(socketPath);
      await once(left, 'listening');
      // another link to it stays when the server takes its own away
      linkSync(socketPath, `${socketPath}.left`);
      left.close();
      const server = await fixture().start({ socketPath: `${socketPath}.left` });
      expect(await fixture().connect(server, 'sync.v1').fetchAllFlags()).to.deep.equal({ flags: {} });
    });

    it('leaves a socket alone that is served, and a file that is none', async () => {
      const socketPath = join(fixture().folder, 'sync.sock');
      const server = await fixture().start({ socketPath });
      expect(await refusal(fixture().create({ socketPath }).start())).to.equal(
        `Error: Cannot listen on ${socketPath}: another server listens on this socket`,
      );
      expect(await fixture().connect(server, 'sync.v1').fetchAllFlags()).to.deep.equal({ flags: {} });
      const file = fixture().write('notes.txt', 'precious');
      expect(await refusal(fixture().create({ socketPath: file }).start())).to.equal(
        `Error: Cannot listen on ${file}: there is a file of this name that is no socket`,
      );
      expect(existsSync(file)).to.equal(true);
    });
  });

  describe('TLS', () => {
    let authority: CertificateAuthority;
    let stranger: CertificateAuthority;
    let certificate: Certificate;

    before(async () => {
      [authority, stranger] = await Promise.all([createCertificateAuthority(), createCertificateAuthority('Stranger')]);
      certificate = await authority.issue({ commonName: 'server' });
    });

    function files() {
      return {
        certPath: fixture().write('server.pem', certificate.cert),
        keyPath: fixture().write('server.key', certificate.key),
      };
    }

    const channel = (root: Certificate, client?: Certificate) =>
      credentials.createSsl(
        Buffer.from(root.cert),
        client ? Buffer.from(client.key) : undefined,
        client ? Buffer.from(client.cert) : undefined,
      );

    it('shows its certificate', async () => {
      const server = await fixture().start({ tls: files() });
      const message = await fixture().connect(server, 'flagd.sync.v1', channel(authority)).syncFlags().next();
      expect(message.set).to.deep.equal({ flags: {} });
      const { code } = await fixture().connect(server, 'flagd.sync.v1', channel(stranger)).syncFlags().ended;
      expect(code).to.equal(14);
      await fixture().logger.line(/^warn Refused .*: it .*does not trust this server's certificate$/);
    });

    it('lets only clients in with a certificate of the authority it was told', async () => {
      const server = await fixture().start({
        tls: { ...files(), clientCaPath: fixture().write('ca.pem', authority.cert) },
      });
      const ask = (client?: Certificate) =>
        fixture()
          .connect(server, 'sync.v1', channel(authority, client))
          .fetchAllFlags()
          .catch((error: unknown) => error);
      expect(await ask(await authority.issue({ commonName: 'client' }))).to.deep.equal({ flags: {} });
      expect(await ask(await stranger.issue({ commonName: 'client' }))).to.include({ code: 14 });
      expect(await ask(await authority.issue({ commonName: 'client', notAfter: new Date(0) }))).to.include({
        code: 14,
      });
      expect(await ask()).to.include({ code: 14 });
      for (const reason of ['its certificate cannot be verified', 'it sends no certificate']) {
        await fixture().logger.line(new RegExp(`^warn Refused .*: ${reason}`));
      }
    });

    it('refuses clients without TLS, and stops although one never begins to speak', async () => {
      const server = await fixture().start({ tls: files() });
      const silent = connect(server.port, '127.0.0.1');
      await once(silent, 'connect');
      const { code } = await fixture().connect(server, 'sync.v1').syncFlags().ended;
      expect(code).to.equal(14);
      await fixture().logger.line(/^warn Refused 127\.0\.0\.1:\d+: it does not speak TLS$/);
      const closed = once(silent, 'close');
      await server.stop();
      await closed;
    });

    it('says which certificate or key it cannot use', async () => {
      const { certPath, keyPath } = files();
      const otherKey = fixture().write('other.key', (await authority.issue({ commonName: 'other' })).key);
      const text = fixture().write('text', 'hello');
      const missing = join(fixture().folder, 'missing');
      const start = (tls: object) =>
        refusal(
          fixture()
            .create({ tls: { certPath, keyPath, ...tls } })
            .start(),
        );
      expect(await start({ certPath: missing })).to.match(/^Error: tls\.certPath \(.*missing\) cannot be used: ENOENT/);
      expect(await start({ keyPath: otherKey })).to.match(
        /tls\.certPath \(.*\) and tls\.keyPath \(.*\) cannot be used:/,
      );
      expect(await start({ certPath: text })).to.match(/tls\.certPath \(.*text\)/);
      expect(await start({ clientCaPath: text })).to.match(/^Error: tls\.clientCaPath \(.*text\) cannot be used/);
    });
  });

  describe('token', () => {
    it('is required of every request', async () => {
      const server = await fixture().start({ authToken: 'sesame' });
      const client = fixture().connect(server, 'flagd.sync.v1');
      for (const authorization of ['Bearer sesame', 'bearer sesame']) {
        expect((await client.syncFlags({ authorization }).next()).set).to.deep.equal({ flags: {} });
        expect(await client.fetchAllFlags({ authorization })).to.deep.equal({ flags: {} });
        expect(await client.getMetadata({ authorization })).to.deep.equal({});
      }
      const refused = [
        [{}, 'This server requires a token: the request has no "authorization" header.'],
        [{ authorization: 'Basic x' }, 'This server requires a token: the "authorization" header is not "Bearer …".'],
        [{ authorization: 'Bearer sesam' }, 'This server does not accept the token of the request.'],
      ] as const;
      for (const [asking, details] of refused) {
        expect(await client.syncFlags(asking).ended).to.include({ code: 16, details });
        expect(await client.fetchAllFlags(asking).catch((error: unknown) => error)).to.include({ code: 16, details });
        expect(await client.getMetadata(asking).catch((error: unknown) => error)).to.include({ code: 16, details });
      }
      expect(fixture().logger.lines.join()).not.to.contain('sesam');
      expect(fixture().logger.at('warn')[0]).to.match(/^Refused 127\.0\.0\.1:\d+: This server requires a token/);
    });

    it('is told to travel in clear if it leaves this machine without TLS', async () => {
      await fixture().start({ authToken: 'sesame' });
      expect(fixture().logger.at('warn')).to.deep.equal([]);
      await fixture().start({ authToken: 'sesame', host: '0.0.0.0' });
      expect(fixture().logger.at('warn').join()).to.match(/token to 0\.0\.0\.0 in clear/);
    });

    it('cannot be empty', () => {
      expect(() => fixture().create({ authToken: '' })).to.throw('authToken is empty');
    });
  });
});

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}
