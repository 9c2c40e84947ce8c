import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type TlsOptions as NodeTlsOptions } from 'node:tls';
import type { TlsOptions } from './options';

/** @throws Error that names the option and the file, if one cannot be read or used */
export async function loadTls({ certPath, keyPath, clientCaPath }: TlsOptions): Promise<NodeTlsOptions> {
  const cert = await read('certPath', certPath);
  const key = await read('keyPath', keyPath);
  const ca = clientCaPath === undefined ? undefined : await read('clientCaPath', clientCaPath);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw unusable(`tls.certPath (${certPath}) and tls.keyPath (${keyPath})`, error);
  }
  try {
    // of a text that holds no certificate, a secure context takes none and says nothing
    if (ca !== undefined) new X509Certificate(ca);
  } catch (error) {
    throw unusable(`tls.clientCaPath (${String(clientCaPath)})`, error);
  }
  return {
    cert,
    key,
    ca,
    requestCert: ca !== undefined,
    rejectUnauthorized: ca !== undefined,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2'],
  };
}

async function read(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unusable(`tls.${option} (${path})`, error);
  }
}

function unusable(what: string, cause: unknown): Error {
  return new Error(`${what} cannot be used: ${(cause as Error).message}`, { cause });
}
