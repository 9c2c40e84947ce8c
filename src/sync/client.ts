import { Client, connectivityState } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import type { ResolvedOptions } from '../config/options';
import type { RemoteCall } from './contract';
import { readCredentials } from './credentials';
import { Lifeline } from './lifeline';
import { requestHeaders } from './request-headers';
import type { RequestHeaders } from './request-headers';
import { SyncError } from './sync-error';
import { target } from './target';
import type { Target } from './target';

/** What one attempt does differently from another. */
export interface ClientPlan {
  /** Milliseconds between HTTP/2 pings; 0 is none. */
  readonly keepAliveMs: number;
  /** How many addresses of the target to pass over. */
  readonly skip: number;
}

export interface ClientListener {
  onConnected(): void;
  /** The connection takes no further calls. What is open on it may go on for a while. */
  onDraining(): void;
}

/**
 * What a server may send ahead. HTTP/2's 64 KiB would cost a round trip for each of them: almost two seconds for 8,000
 * flags at a distance of 40 ms. Much more would be read in one piece, and other work would wait for it.
 */
const receiveWindowBytes = 512 * 1024;

/** How long a closed connection may take to say good-bye. */
const politenessMs = 1000;

/**
 * A channel for one stream. It is made anew for each attempt, so that addresses, certificates and token are as fresh as
 * the attempt, and closing it leaves nothing behind.
 */
export class SyncClient {
  readonly #client: Client;
  readonly #headers: RequestHeaders;
  readonly #listener: ClientListener;
  readonly #lifeline: Lifeline;
  #connected = false;

  private constructor(
    to: Target,
    plan: ClientPlan,
    options: ResolvedOptions,
    given: { credentials: ChannelCredentials; headers: RequestHeaders; listener: ClientListener },
  ) {
    this.#lifeline = new Lifeline(plan.skip);
    const channel = this.#lifeline.attach(to.uri);
    this.#client = new Client(channel.target, given.credentials, {
      ...channelOptions(to, plan, options),
      ...channel.options,
    });
    this.#headers = given.headers;
    this.#listener = given.listener;
    this.#watch();
  }

  /** @throws SyncError if a certificate, key or token cannot be read, or the target needs what is not installed */
  static async create(options: ResolvedOptions, plan: ClientPlan, listener: ClientListener): Promise<SyncClient> {
    const to = target(options);
    const [credentials, headers] = await Promise.all([
      readCredentials(options, to.ip),
      requestHeaders(options),
      to.uri.startsWith('xds:') && supportXds(),
    ]);
    return new SyncClient(to, plan, options, { credentials, headers, listener });
  }

  /** Whether a connection was made, even if it is lost again. */
  get connected(): boolean {
    return this.#connected;
  }

  stream({ path, request }: RemoteCall): ClientReadableStream<Buffer> {
    return this.#client.makeServerStreamRequest(path, asIs, asIs, request, this.#headers.metadata);
  }

  /** @throws ServiceError with the status that the call ended with */
  call({ path, request }: RemoteCall, deadlineMs: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response?: Buffer) => {
        if (response) resolve(response);
        else reject(error ?? new Error('a call ended without a response'));
      };
      const deadline = Date.now() + deadlineMs;
      this.#client.makeUnaryRequest(path, asIs, asIs, request, this.#headers.metadata, { deadline }, done);
    });
  }

  /** A text that the server may have put the token into, without it. */
  redact(text: string): string {
    return this.#headers.redact(text);
  }

  /** Idempotent. */
  close(): void {
    this.#client.close();
    this.#lifeline.retire();
    if (this.#connected) setTimeout(() => this.#lifeline.cut(), politenessMs).unref();
    else this.#lifeline.cut();
  }

  #watch(): void {
    const channel = this.#client.getChannel();
    const state = channel.getConnectivityState(false);
    if (state === connectivityState.SHUTDOWN) return;
    if (state === connectivityState.READY) {
      this.#connected = true;
      this.#listener.onConnected();
    } else if (this.#connected) {
      this.#listener.onDraining();
      return;
    }
    channel.watchConnectivityState(state, Infinity, () => this.#watch());
  }
}

/** Messages stay bytes: who decodes them is decode.ts, and the text of the flags nobody needs as a string. */
function asIs(bytes: Buffer): Buffer {
  return bytes;
}

/**
 * What the client asks for in TLS. That is never an IP address (RFC 6066): Node.js 26 refuses what grpc-js would send, so
 * a name that nobody has stands for it. The address is checked in the certificate all the same.
 */
function serverName(authority: string | undefined, ip: string | undefined): ChannelOptions {
  if (ip !== undefined) return { 'grpc.ssl_target_name_override': 'ip.invalid' };
  return authority === undefined ? {} : { 'grpc.ssl_target_name_override': authority.replace(/:\d+$/, '') };
}

function channelOptions(
  { uri, authority, ip }: Target,
  { keepAliveMs }: ClientPlan,
  options: ResolvedOptions,
): ChannelOptions {
  return {
    'grpc.max_receive_message_length': options.maxMessageBytes,
    'grpc-node.flow_control_window': receiveWindowBytes,
    // Not shared with another provider, whose connections would outlive this one's close.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    'grpc.enable_channelz': 0,
    'grpc.primary_user_agent': 'openfeature-grpc-sync-provider',
    'grpc.initial_reconnect_backoff_ms': options.retryBackoffMs,
    'grpc.max_reconnect_backoff_ms': options.retryBackoffMaxMs,
    // grpc-js would look for a proxy, not knowing that this is a Unix socket.
    ...(uri.startsWith('unix:') && { 'grpc.enable_http_proxy': 0 }),
    ...(keepAliveMs > 0 && {
      'grpc.keepalive_time_ms': keepAliveMs,
      'grpc.keepalive_timeout_ms': Math.min(20_000, Math.max(1000, keepAliveMs)),
    }),
    ...(authority !== undefined && { 'grpc.default_authority': authority }),
    ...serverName(authority, ip),
  };
}

const xdsPackage = '@grpc/grpc-js-xds';

async function supportXds(): Promise<void> {
  try {
    const { register } = (await import(xdsPackage)) as { register: () => void };
    register();
  } catch (cause) {
    throw new SyncError(`targetUri: a target of xds needs ${xdsPackage}: npm install ${xdsPackage}`, undefined, {
      cause,
    });
  }
}
