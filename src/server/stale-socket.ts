import { lstat, rm } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * Makes way for a new Unix socket: takes away the file that a server has left which ended without notice.
 *
 * @throws Error if a server listens on it, or if it is anything else than a socket
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined) return;
  if (!file.isSocket()) throw new Error('there is a file of this name that is no socket');
  if (await isServed(path)) throw new Error('another server listens on this socket');
  await rm(path);
}

function isServed(path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') done(false);
      else fail(error);
    });
  });
}
