import { Metadata } from '@grpc/grpc-js';
import { readFile } from 'node:fs/promises';
import type { ResolvedOptions } from '../config/options';
import { SyncError } from './sync-error';

/** A shorter text is no secret, and to replace it wherever it occurs would make a message unreadable. */
const shortestSecret = 4;

/** What is sent with every request of one stream. */
export interface RequestHeaders {
  readonly metadata: Metadata;
  /** Puts a placeholder where a text shows the token or another header: a server may repeat them in its refusal. */
  redact(text: string): string;
}

/**
 * Asks for the token anew, so that it may be rotated while the application runs.
 *
 * @throws SyncError if there is no usable token where one was promised
 */
export async function requestHeaders(options: ResolvedOptions): Promise<RequestHeaders> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(options.headers)) metadata.set(name, value);
  if (options.selector !== undefined) metadata.set('flagd-selector', options.selector);
  const token = await currentToken(options);
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  const secrets = [token ?? '', ...Object.values(options.headers)].filter(({ length }) => length >= shortestSecret);
  return { metadata, redact: (text) => secrets.reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text) };
}

async function currentToken({ authToken, authTokenPath }: ResolvedOptions): Promise<string | undefined> {
  if (authTokenPath !== undefined)
    return checked(`authTokenPath: ${authTokenPath}`, () => readFile(authTokenPath, 'utf8'));
  if (typeof authToken === 'function') return checked('authToken: the function', authToken);
  return authToken;
}

async function checked(origin: string, read: () => string | Promise<string>): Promise<string> {
  let token: unknown;
  try {
    token = await read();
  } catch (cause) {
    throw new SyncError(`${origin} gave no token: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (typeof token !== 'string') throw new SyncError(`${origin} gave no token but ${typeof token}.`);
  const trimmed = token.trim();
  // Said without showing it, as gRPC's own complaint would.
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw new SyncError(`${origin} gave a token that is empty or not of visible ASCII.`);
  return trimmed;
}
