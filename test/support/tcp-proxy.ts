import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/** Stands between client and server and does to their connection what networks do. */
export class TcpProxy {
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #targetPort: number;
  #mode: 'forward' | 'freeze' | 'reset' = 'forward';
  #bytesUntilReset = Infinity;
  #accepted = 0;
  #bytesFromServer = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#listener = createServer({ pauseOnConnect: true }, (client) => this.#accept(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#listener.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** How many connections were accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many of them are open. */
  get open(): number {
    return this.#pairs.size;
  }

  /** How many bytes came from servers so far. */
  get bytesFromServer(): number {
    return this.#bytesFromServer;
  }

  /** New connections go there. */
  redirect(targetPort: number): void {
    this.#targetPort = targetPort;
  }

  /** Forwards nothing any more, in either direction, and says nothing of it: half-open. */
  freeze(): void {
    this.#mode = 'freeze';
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  /** Forwards again; what was held back comes too. */
  thaw(): void {
    this.#mode = 'forward';
    for (const { client, server } of this.#pairs) {
      client.resume();
      server.resume();
    }
  }

  /** Accepts connections and resets them at once. */
  refuse(): void {
    this.#mode = 'reset';
    this.cut();
  }

  /** Accepts connections again. */
  allow(): void {
    this.#mode = 'forward';
  }

  /** Resets every connection. */
  cut(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Resets the connection on which the server has sent so many bytes more. */
  cutAfter(bytes: number): void {
    this.#bytesUntilReset = bytes;
  }

  stop(): void {
    this.#listener.close();
    this.cut();
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    client.setNoDelay();
    client.on('error', () => undefined);
    if (this.#mode === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.#targetPort, host: '127.0.0.1' });
    server.setNoDelay();
    server.on('error', () => undefined);
    const pair = { client, server };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    client.on('close', end);
    server.on('close', end);
    client.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => this.#toClient(client, chunk));
    if (this.#mode === 'freeze') {
      client.pause();
      server.pause();
    } else {
      client.resume();
    }
  }

  #toClient(client: Socket, chunk: Buffer): void {
    this.#bytesFromServer += chunk.length;
    client.write(chunk.subarray(0, this.#bytesUntilReset));
    if (this.#bytesUntilReset === Infinity) return;
    this.#bytesUntilReset -= chunk.length;
    if (this.#bytesUntilReset > 0) return;
    this.#bytesUntilReset = Infinity;
    // What was written goes out first, so that the client holds half a message.
    client.write('', () => client.resetAndDestroy());
  }
}
