import { experimental } from '@grpc/grpc-js';
import type { ChannelOptions } from '@grpc/grpc-js';

type Uri = experimental.GrpcUri;
type Endpoint = experimental.Endpoint;
type Address = experimental.SubchannelAddress;

const optionName = 'openfeature-grpc-sync-provider.lifeline';
const prefix = 'flags+';
const schemes = ['dns', 'ipv4', 'ipv6', 'unix'];

/** What becomes of an address of a closed channel: `net.connect` refuses it, before it makes a socket that would leak. */
const nowhere = { objectMode: true, signal: undefined };

/**
 * The hold on the sockets of one channel, which grpc-js does not give: `Channel.close()` leaves behind what is being
 * connected (for two minutes, where nobody answers), tries once more after a failed attempt, and comes alive again if
 * its name is resolved only after that. Each of them keeps a process alive, or a connection that nobody knows of.
 *
 * It works through the addresses that the name resolver gives: each becomes the argument of `net.connect`, which takes a
 * signal.
 */
export class Lifeline {
  readonly #skip: number;
  readonly #abort = new AbortController();
  readonly #addresses: Address[] = [];
  #isRetired = false;

  /** @param skip how many addresses to pass over: whoever found the first one no good begins with another */
  constructor(skip: number) {
    this.#skip = skip;
  }

  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** The target and the options with which a channel is held by this. */
  attach(target: string): { target: string; options: ChannelOptions } {
    const isKnown = schemes.some((scheme) => target.startsWith(`${scheme}:`));
    return { target: isKnown ? prefix + target : target, options: { [optionName]: this } };
  }

  hold(endpoints: readonly Endpoint[]): Endpoint[] {
    const start = endpoints.length > 0 ? this.#skip % endpoints.length : 0;
    return [...endpoints.slice(start), ...endpoints.slice(0, start)].map(({ addresses }) => {
      const held = addresses.map((address) => ({ ...address, signal: this.#abort.signal }));
      this.#addresses.push(...held);
      return { addresses: held };
    });
  }

  /** From here on there are no new connections. */
  retire(): void {
    this.#isRetired = true;
    for (const address of this.#addresses) Object.assign(address, nowhere);
  }

  /** Ends all connections. */
  cut(): void {
    this.retire();
    this.#abort.abort();
  }
}

/** Resolves as grpc-js does, with a lifeline on what it finds. */
class HeldResolver implements experimental.Resolver {
  readonly #inner: experimental.Resolver;

  constructor(uri: Uri, listener: experimental.ResolverListener, options: ChannelOptions) {
    const lifeline = options[optionName] as Lifeline;
    const listen: experimental.ResolverListener = (found, ...rest) => {
      if (lifeline.isRetired) return false;
      return listener(found.ok ? experimental.statusOrFromValue(lifeline.hold(found.value)) : found, ...rest);
    };
    this.#inner = experimental.createResolver({ ...uri, scheme: innerScheme(uri) }, listen, options);
  }

  static getDefaultAuthority(uri: Uri): string {
    return innerScheme(uri) === 'unix' ? 'localhost' : (uri.path.split(',')[0] ?? uri.path);
  }

  updateResolution(): void {
    this.#inner.updateResolution();
  }

  destroy(): void {
    this.#inner.destroy();
  }
}

function innerScheme({ scheme = prefix }: Uri): string {
  return scheme.slice(prefix.length);
}

for (const scheme of schemes) experimental.registerResolver(prefix + scheme, HeldResolver);
