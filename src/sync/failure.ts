import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import type { ResolvedOptions } from '../config/options';
import { SyncError } from './sync-error';

type EndStatus = Pick<StatusObject, 'code' | 'details'>;

/** Why a call ended, for a person. An end with OK is a reason too: flags no longer arrive. */
export function endOfCall(end: EndStatus, options: ResolvedOptions): SyncError {
  const details = essence(end.details);
  const explanation = explain(end.code, details, options);
  const message = `${place(options)}: ${explanation}${details && end.code !== status.OK ? ` (${details})` : ''}`;
  return new SyncError(message, statusName(end.code));
}

/** Any error as one for a person. */
export function asSyncError(error: unknown, options: ResolvedOptions): SyncError {
  if (error instanceof SyncError) return error;
  if (isEndStatus(error)) return endOfCall(error, options);
  const message = error instanceof Error ? error.message : String(error);
  return new SyncError(`${place(options)}: ${message}`, undefined, { cause: error });
}

/** The server, as the options name it. */
export function place({ targetUri, socketPath, host, port }: ResolvedOptions): string {
  return targetUri ?? socketPath ?? `${host}:${port}`;
}

/**
 * What grpc-js, Node and OpenSSL say when a connection cannot be made, and what it means here. The first that matches
 * counts.
 */
const connectionFailures: readonly [RegExp, (options: ResolvedOptions) => string][] = [
  [/ECONNREFUSED/, () => 'nothing listens there'],
  [/ENOENT/, () => 'there is no such socket'],
  [/Name resolution failed|ENOTFOUND/, () => 'the name cannot be resolved'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, () => 'it cannot be reached'],
  [/certificate has expired/, () => "the server's certificate has expired"],
  [/certificate is not yet valid/, () => "the server's certificate is not valid yet"],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    () => "the server's certificate is for another name; if it is the right server, set defaultAuthority to its name",
  ],
  [
    /self[- ]signed certificate|verify the first certificate|issuer certificate/,
    ({ certPath }) =>
      certPath === undefined
        ? "the server's certificate is from an authority that this system does not trust; set certPath to the authority's"
        : `the server's certificate is not from an authority in ${certPath} (certPath)`,
  ],
  [
    /alert (certificate required|handshake failure|bad certificate|unknown ca|certificate (expired|unknown|revoked)|access denied)/,
    refusedClientCertificate,
  ],
  [/wrong version number|packet length too long/, () => 'the server does not speak TLS; set tls to false'],
  [
    /^Failed to connect$|ECONNRESET|Socket closed|Connection closed before/,
    (options) =>
      options.tls
        ? `the server closed the connection before it was made; perhaps ${refusedClientCertificate(options)}`
        : 'the server closed the connection before it was made; if it expects TLS, set tls to true',
  ],
];

function refusedClientCertificate({ clientCertPath }: ResolvedOptions): string {
  return clientCertPath === undefined
    ? 'the server wants a client certificate; set clientCertPath and clientKeyPath'
    : `the server refused the client certificate in ${clientCertPath} (clientCertPath)`;
}

function explain(code: status, details: string, options: ResolvedOptions): string {
  const name = statusName(code);
  if (code === status.OK) return 'the server ended the stream';
  if (code === status.UNAVAILABLE) {
    return connectionFailures.find(([pattern]) => pattern.test(details))?.[1](options) ?? name;
  }
  if (code === status.UNAUTHENTICATED || code === status.PERMISSION_DENIED) {
    return `the server refused this client with ${name}; ${sentToken(options)}`;
  }
  return details.startsWith('Received message larger than max') ? 'a message is larger than maxMessageBytes' : name;
}

function sentToken({ authToken, authTokenPath }: ResolvedOptions): string {
  if (authTokenPath !== undefined) return `the token in ${authTokenPath} (authTokenPath) was sent`;
  return authToken === undefined ? 'no token was sent' : 'the token of authToken was sent';
}

/** What is left of a text without grpc-js's frame around it, and without what differs from one attempt to the next. */
function essence(details: string): string {
  return details
    .replace(/^No connection established\. Last error: (.*)\. Resolution note: .*$/s, '$1')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/g, '')
    .replace(/\b[0-9A-F]{8,}:error:[0-9A-F]+:/g, '')
    .replace(/^Error: /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}

function isEndStatus(error: unknown): error is EndStatus {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

/** Name of a gRPC status, for example `UNAVAILABLE`. */
function statusName(code: status): string {
  // A server may send a number that no status has.
  const names: Readonly<Record<number, string>> = status;
  return names[code] ?? `status ${code}`;
}

/** Whether a stream ended with GOAWAY `too_many_pings`, which grpc-js reports in these words only. */
export function isExcessOfPings({ code, message }: SyncError): boolean {
  return code === 'RESOURCE_EXHAUSTED' && message.includes('Bandwidth exhausted');
}
