import { createHash, timingSafeEqual } from 'node:crypto';
import { ServerInterceptingCall, ServerListenerBuilder, status, type ServerInterceptor } from '@grpc/grpc-js';

/** Lets only requests through that carry the token as `authorization: Bearer …`. */
export function requireToken(token: string, onRefused: (peer: string, reason: string) => void): ServerInterceptor {
  const expected = digest(token);
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        const listener = new ServerListenerBuilder().withOnReceiveMetadata((metadata, pass) => {
          const reason = fault(metadata.get('authorization'), expected);
          if (reason === undefined) {
            pass(metadata);
            return;
          }
          onRefused(call.getPeer(), reason);
          call.sendStatus({ code: status.UNAUTHENTICATED, details: reason });
        });
        next(listener.build());
      },
    });
}

function fault(header: readonly (string | Buffer)[], expected: Buffer): string | undefined {
  const [value] = header;
  if (value === undefined) return 'This server requires a token: the request has no "authorization" header.';
  const [, token] = /^Bearer +(.*)$/i.exec(String(value)) ?? [];
  if (token === undefined) return 'This server requires a token: the "authorization" header is not "Bearer …".';
  return timingSafeEqual(digest(token), expected) ? undefined : 'This server does not accept the token of the request.';
}

/** Of one length whatever the token, so that the comparison takes one time. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
