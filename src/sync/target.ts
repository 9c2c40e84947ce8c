import { isIP } from 'node:net';
import type { ResolvedOptions } from '../config/options';

/** Where the channel goes, in grpc-js's terms. */
export interface Target {
  /** A gRPC target with its scheme. */
  readonly uri: string;
  /** `:authority`, and the name checked in the certificate, where it is not that of the target. */
  readonly authority?: string;
  /** The IP address checked in the certificate, where the server is named by one. */
  readonly ip?: string;
}

type Address = Pick<ResolvedOptions, 'targetUri' | 'socketPath' | 'host' | 'port' | 'defaultAuthority'>;

export function target(options: Address): Target {
  const { uri, authority } = targetOnly(options);
  const chosen = options.defaultAuthority ?? authority;
  const ip = ipOf(chosen ?? uri);
  return { uri, ...(chosen !== undefined && { authority: chosen }), ...(ip !== undefined && { ip }) };
}

function targetOnly({ targetUri, socketPath, host, port }: Address): Target {
  if (targetUri !== undefined) return envoy(targetUri) ?? { uri: targetUri };
  if (socketPath !== undefined) return { uri: `unix:${socketPath}` };
  return { uri: `dns:${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}` };
}

/** `envoy://proxy:9211/authority`: connects to the proxy, and says to it with the authority where to go. */
function envoy(targetUri: string): Target | undefined {
  const [, address, authority] = /^envoy:\/\/([^/]+)\/(.+)$/i.exec(targetUri) ?? [];
  return address && authority ? { uri: `dns:${address}`, authority } : undefined;
}

/** The first address of a target, which grpc-js takes for the name of all, if it is an IP address. */
function ipOf(target: string): string | undefined {
  const [address = ''] = target.replace(/^(dns|ipv4|ipv6):(\/\/[^/]*\/)?/i, '').split(',');
  const host = /^\[(.*)\]/.exec(address)?.[1] ?? (isIP(address) ? address : address.replace(/:\d+$/, ''));
  return isIP(host) ? host : undefined;
}
