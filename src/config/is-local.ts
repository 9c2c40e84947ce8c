import { BlockList, isIP } from 'node:net';
import type { GrpcSyncOptions } from './options';

/** Whether what is sent to the server stays on this machine: a Unix socket, or nothing but loopback addresses. */
export function isLocal({ targetUri, socketPath, host }: Pick<GrpcSyncOptions, 'targetUri' | 'socketPath' | 'host'>) {
  if (targetUri !== undefined) return isLocalTarget(targetUri);
  return socketPath !== undefined || isLoopback(host ?? '');
}

function isLocalTarget(targetUri: string): boolean {
  const [, scheme = 'dns', rest = targetUri] = /^([a-z][a-z0-9+.-]*):(?!\d+$)(.*)$/i.exec(targetUri) ?? [];
  switch (scheme.toLowerCase()) {
    case 'unix':
    case 'unix-abstract':
      return true;
    case 'ipv4':
    case 'ipv6':
      return rest.split(',').every((address) => isLoopback(withoutPort(address)));
    case 'dns':
      return isLoopback(withoutPort(rest.replace(/^\/\/[^/]*\//, '')));
    case 'envoy':
      return isLoopback(withoutPort(rest.replace(/^\/\//, '').replace(/\/.*$/, '')));
    default:
      return false;
  }
}

function withoutPort(address: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(address)?.[1] ?? (isIP(address) === 6 ? address : address.replace(/:\d+$/, ''));
}

function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(name);
  if (family !== 0) return loopback().check(name, family === 6 ? 'ipv6' : 'ipv4');
  return name === 'localhost' || name.endsWith('.localhost');
}

/** Made when it is asked for: most configurations have no token, or TLS. */
function loopback(): BlockList {
  const addresses = new BlockList();
  addresses.addSubnet('127.0.0.0', 8, 'ipv4');
  addresses.addAddress('::1', 'ipv6');
  return addresses;
}
