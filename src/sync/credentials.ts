import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { readFile } from 'node:fs/promises';
import { checkServerIdentity } from 'node:tls';
import type { ResolvedOptions } from '../config/options';
import { SyncError } from './sync-error';

/**
 * Reads certificates and key anew, so that files may be rotated while the application runs.
 *
 * @param ip what the server's certificate has to be for, if the server is named by an IP address
 * @throws SyncError if one of them cannot be read or used
 */
export async function readCredentials(options: ResolvedOptions, ip?: string): Promise<ChannelCredentials> {
  if (!options.tls) return credentials.createInsecure();
  const [roots, key, chain] = await Promise.all([
    readPem('certPath', options.certPath),
    readPem('clientKeyPath', options.clientKeyPath),
    readPem('clientCertPath', options.clientCertPath),
  ]);
  try {
    if (ip === undefined) return credentials.createSsl(roots, key, chain);
    return credentials.createSsl(roots, key, chain, {
      checkServerIdentity: (_, certificate) => checkServerIdentity(ip, certificate),
    });
  } catch (cause) {
    const files = [options.certPath, options.clientCertPath, options.clientKeyPath].filter(
      (path) => path !== undefined,
    );
    throw new SyncError(`The certificates in ${files.join(', ')} cannot be used: ${textOf(cause)}`, undefined, {
      cause,
    });
  }
}

async function readPem(option: string, path: string | undefined): Promise<Buffer | null> {
  if (path === undefined) return null;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new SyncError(`${option}: ${path} cannot be read: ${textOf(cause)}`, undefined, { cause });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
