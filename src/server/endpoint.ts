import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from '@openfeature/server-sdk';
import { Listener, type Address } from './listener';
import { loadTls } from './load-tls';
import type { SyncServerOptions } from './options';
import { requireToken } from './require-token';
import type { SyncService } from './sync-service';

/** A client that does not answer a ping is gone; without pings, a lost network would leave its stream open for ever. */
const keepalive = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 20_000 };

/** Milliseconds that clients have to take their last message and go, when the endpoint closes. */
const closingGraceMs = 1000;

/** Where clients connect: sockets, TLS and tokens, and the gRPC server behind them. */
export class Endpoint {
  readonly address: Address;
  readonly #listener: Listener;
  readonly #grpc: Server;
  readonly #service: SyncService;

  private constructor(address: Address, listener: Listener, grpc: Server, service: SyncService) {
    this.address = address;
    this.#listener = listener;
    this.#grpc = grpc;
    this.#service = service;
  }

  /** @throws {Error} if a certificate cannot be used, or it cannot listen where it should */
  static async open(options: SyncServerOptions, service: SyncService, logger: Logger): Promise<Endpoint> {
    const { authToken, host = 'localhost', port = 8015, socketPath } = options;
    const tls = options.tls && (await loadTls(options.tls));
    if (authToken !== undefined && !tls && socketPath === undefined && !isLoopback(host)) {
      logger.warn(`Clients send their token to ${host} in clear: without TLS, whoever is on the way can read it.`);
    }
    const onRefused = (peer: string, reason: string) => logger.warn(`Refused ${peer}: ${reason}`);
    const grpc = new Server({
      ...keepalive,
      interceptors: authToken === undefined ? [] : [requireToken(authToken, onRefused)],
    });
    service.offer(grpc);
    // the sockets come with TLS done, which tells more of a failed handshake than grpc-js would
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const listener = new Listener(tls, {
      onConnection: (socket) => injector.injectConnection(socket),
      onRefused,
    });
    try {
      const address = await listener.listen(socketPath === undefined ? { host, port } : { socketPath });
      return new Endpoint(address, listener, grpc, service);
    } catch (error) {
      grpc.forceShutdown();
      throw error;
    }
  }

  /** Ends every stream, so that clients come again elsewhere or later. Resolves when no socket is left. */
  async close(): Promise<void> {
    const closed = this.#listener.close();
    this.#service.endAll();
    this.#grpc.tryShutdown(() => undefined);
    const force = setTimeout(() => {
      this.#grpc.forceShutdown();
      this.#listener.destroyConnections();
    }, closingGraceMs);
    await closed;
    clearTimeout(force);
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
