import type { TLSSocket } from 'node:tls';

/** By the code of the error; "it" is the client. */
const reasons: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'its version of TLS is too old',
  ERR_SSL_NO_APPLICATION_PROTOCOL: 'it does not offer HTTP/2',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'it sends no certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not trust this server's certificate",
  ECONNRESET: "it went during the TLS handshake; perhaps it does not trust this server's certificate",
};

/** Why a TLS handshake has failed, for whoever runs the server. OpenSSL's own words are for who knows its sources. */
export function reasonOfHandshakeFailure(
  error: NodeJS.ErrnoException & { reason?: string },
  socket: TLSSocket,
): string {
  // a code, whatever its declared type says
  const { authorizationError } = socket as { authorizationError?: unknown };
  if (typeof authorizationError === 'string') return `its certificate cannot be verified (${authorizationError})`;
  return reasons[error.code ?? ''] ?? error.reason ?? error.message;
}
