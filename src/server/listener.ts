import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, isIPv6, type AddressInfo, type ListenOptions, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { reasonOfHandshakeFailure } from './handshake-failure';
import { removeStaleSocket } from './stale-socket';

/** Where to listen: on every address of a host, or on a Unix socket. */
export type Address = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** Who is told of connections. */
export interface ConnectionListener {
  /** A connection is there; with TLS, its handshake is done. */
  onConnection(socket: Socket): void;
  /** A connection could not be accepted: a failed handshake, for example. */
  onRefused(peer: string, reason: string): void;
}

/** How often a port that is free on one address may turn out to be taken on the next. */
const mostPorts = 10;

/** Accepts connections, until it is closed. */
export class Listener {
  readonly #tls: TlsOptions | undefined;
  readonly #listener: ConnectionListener;
  readonly #sockets = new Set<Socket>();
  #servers: readonly Server[] = [];

  constructor(tls: TlsOptions | undefined, listener: ConnectionListener) {
    this.#tls = tls;
    this.#listener = listener;
  }

  /**
   * Begins to accept connections.
   *
   * @returns where: with the port that was found, if any would do
   * @throws {Error} that says where it cannot listen and why
   */
  async listen(address: Address): Promise<Address> {
    try {
      if ('socketPath' in address) {
        const path = resolve(address.socketPath);
        await removeStaleSocket(path);
        this.#servers = [await this.#listenOn({ path })];
        return address;
      }
      const ips = new Set((await lookup(address.host, { all: true })).map((found) => found.address));
      this.#servers = await this.#listenOnAll([...ips], address.port, mostPorts);
      return { host: address.host, port: portOf(this.#servers[0]) ?? address.port };
    } catch (error) {
      throw new Error(`Cannot listen on ${describe(address)}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Accepts no more; resolves once the last connection has ended. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map(close));
  }

  /** Ends all connections at once. */
  destroyConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The same port on every address that this machine has. */
  async #listenOnAll(ips: readonly string[], port: number, tries: number): Promise<Server[]> {
    const servers: Server[] = [];
    let failure: unknown;
    for (const host of ips) {
      try {
        servers.push(await this.#listenOn({ host, port: portOf(servers[0]) ?? port }));
      } catch (error) {
        failure = error;
        if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error) ?? '')) continue;
        await Promise.all(servers.map(close));
        const mayTryAnother = port === 0 && codeOf(error) === 'EADDRINUSE' && tries > 1;
        if (mayTryAnother) return this.#listenOnAll(ips, port, tries - 1);
        throw error;
      }
    }
    if (servers.length === 0) throw failure;
    return servers;
  }

  async #listenOn(options: ListenOptions): Promise<Server> {
    const server = this.#create();
    server.listen(options);
    await once(server, 'listening');
    server.on('error', (error) => this.#listener.onRefused('a client', error.message));
    return server;
  }

  #create(): Server {
    const accept = (socket: Socket) => {
      // 'close' follows, and whoever has the socket hears of that
      socket.on('error', () => undefined);
      this.#listener.onConnection(socket);
    };
    const server = this.#tls
      ? createTlsServer({ ...this.#tls, noDelay: true }, accept).on('tlsClientError', (error, socket) =>
          this.#listener.onRefused(peerOf(socket), reasonOfHandshakeFailure(error, socket)),
        )
      : createServer({ noDelay: true }, accept);
    return server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }
}

/** What a client connects to: a gRPC target. */
export function targetOf(address: Address): string {
  if ('socketPath' in address) return `unix:${resolve(address.socketPath)}`;
  const isWildcard = ['0.0.0.0', '::', ''].includes(address.host);
  return describe({ host: isWildcard ? 'localhost' : address.host, port: address.port });
}

function describe(address: Address): string {
  if ('socketPath' in address) return address.socketPath;
  return `${isIPv6(address.host) ? `[${address.host}]` : address.host}:${address.port}`;
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use already',
  EACCES: 'this user may not',
  ENOTFOUND: 'no such host is known',
  EADDRNOTAVAIL: 'this machine has no such address',
};

function reasonOf(error: unknown): string {
  return reasons[codeOf(error) ?? ''] ?? (error as Error).message;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function portOf(server: Server | undefined): number | undefined {
  return (server?.address() as AddressInfo | null | undefined)?.port;
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return remoteAddress === undefined ? 'a client' : `${remoteAddress}:${String(remotePort)}`;
}

function close(server: Server): Promise<void> {
  return new Promise((done) => server.close(() => done()));
}
