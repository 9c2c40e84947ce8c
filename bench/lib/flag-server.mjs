import { fork } from 'node:child_process';
import { once } from 'node:events';

/** The flag server as its client sees it: commands over a pipe. */
export class FlagServer {
  #process;
  #pending = new Map();
  #lastId = 0;
  port = 0;

  /** @param of `flagCount` or the `text` of a flag set, and `contract` if it is not flagd.sync.v1 */
  static async start(of) {
    const server = new FlagServer();
    server.#process = fork(new URL('flag-server-process.mjs', import.meta.url), { execArgv: [] });
    const [{ port }] = await once(server.#process, 'message');
    server.port = port;
    server.#process.on('message', ({ id, reply }) => {
      server.#pending.get(id)(reply);
      server.#pending.delete(id);
    });
    server.#process.on('exit', (code) => {
      if (code !== 0) throw new Error(`the flag server ended with code ${code}`);
    });
    await server.do('serve', of);
    return server;
  }

  /** Resolves with the reply when the command is done. */
  do(name, parameters = {}) {
    const id = ++this.#lastId;
    this.#process.send({ id, name, ...parameters });
    return new Promise((resolve) => this.#pending.set(id, resolve));
  }

  stop() {
    this.#process.disconnect();
  }
}

/** Milliseconds on the clock that all processes of a machine share. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
