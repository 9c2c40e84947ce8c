import { createServer } from 'node:http2';
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

type StreamHandler = (stream: ServerHttp2Stream, session: ServerHttp2Session) => void;

/** An HTTP/2 server without gRPC on top: for what a gRPC server cannot be made to do. */
export class RawServer {
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(onStream: StreamHandler) {
    this.#server = createServer();
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => undefined);
    });
    this.#server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      if (stream.session) onStream(stream, stream.session as ServerHttp2Session);
    });
  }

  static async start(onStream: StreamHandler): Promise<RawServer> {
    const raw = new RawServer(onStream);
    await new Promise<void>((resolve) => raw.#server.listen(0, '127.0.0.1', resolve));
    return raw;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
  }
}

/** A message in gRPC's frame. */
export function framed(message: Buffer, { isCompressed = false } = {}): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(isCompressed ? 1 : 0);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}
