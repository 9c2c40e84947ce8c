import { experimental } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';

type Resolver = experimental.Resolver;
type Listener = experimental.ResolverListener;
type Uri = experimental.GrpcUri;
type Endpoint = experimental.Endpoint;

/** What a channel may be told about the addresses that its target resolves to. */
export interface AddressOptions {
  /** Ends every socket of the channel, also one that is still being connected, which `close()` would leave behind. */
  readonly signal: AbortSignal;
  /** How many addresses to pass over: whoever found the first one no good begins with another. */
  readonly skip: number;
}

const optionName = 'openfeature-grpc-sync-provider.addresses';
const prefix = 'flags+';
const wrapped = ['dns', 'ipv4', 'ipv6'];

/** The target and the channel options with which a channel knows of its `AddressOptions`. */
export function cancellable(target: string, options: AddressOptions): { target: string; options: ChannelOptions } {
  const known = wrapped.some((scheme) => target.startsWith(`${scheme}:`));
  return { target: known ? `${prefix}${target}` : target, options: { [optionName]: options } };
}

/**
 * Resolves as grpc-js does, and marks the addresses. An address becomes the argument of `net.connect`, which takes a
 * signal: this is the only hold that there is on a connection under way. Where the other side does not answer at all,
 * it would otherwise keep the process alive for two minutes after everything is closed.
 */
class CancellableResolver implements Resolver {
  readonly #inner: Resolver;

  constructor(uri: Uri, listener: Listener, options: ChannelOptions) {
    const addressOptions = options[optionName] as AddressOptions | undefined;
    const mark: Listener = (endpoints, ...rest) =>
      listener(
        endpoints.ok && addressOptions
          ? experimental.statusOrFromValue(prepare(endpoints.value, addressOptions))
          : endpoints,
        ...rest,
      );
    this.#inner = experimental.createResolver(unwrap(uri), mark, options);
  }

  static getDefaultAuthority({ path }: Uri): string {
    return path.split(',')[0] ?? path;
  }

  updateResolution(): void {
    this.#inner.updateResolution();
  }

  destroy(): void {
    this.#inner.destroy();
  }
}

function prepare(endpoints: Endpoint[], { signal, skip }: AddressOptions): Endpoint[] {
  const start = endpoints.length > 0 ? skip % endpoints.length : 0;
  return [...endpoints.slice(start), ...endpoints.slice(0, start)].map(({ addresses }) => ({
    addresses: addresses.map((address) => ({ ...address, signal })),
  }));
}

function unwrap(uri: Uri): Uri {
  return { ...uri, ...(uri.scheme !== undefined && { scheme: uri.scheme.slice(prefix.length) }) };
}

for (const scheme of wrapped) experimental.registerResolver(prefix + scheme, CancellableResolver);
