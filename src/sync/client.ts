import { Client, connectivityState, credentials, Metadata } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { readFile } from 'node:fs/promises';
import type { ResolvedOptions } from '../config/options';
import type { RemoteCall } from './contract';
import { SyncError } from './sync-error';
import { target } from './target';
import type { Target } from './target';

/**
 * A channel of its own for one stream. It is made anew for each attempt, so that addresses, certificates and token are as
 * fresh as the attempt, and closing it leaves nothing behind.
 */
export class SyncClient {
  readonly #client: Client;
  readonly #metadata: Metadata;
  #connected = false;

  private constructor(
    to: Target,
    channelCredentials: ChannelCredentials,
    metadata: Metadata,
    options: ResolvedOptions,
  ) {
    this.#client = new Client(to.uri, channelCredentials, channelOptions(to, options));
    this.#metadata = metadata;
    this.#awaitConnection();
  }

  /** @throws SyncError if a certificate, key or token cannot be read. */
  static async create(options: ResolvedOptions): Promise<SyncClient> {
    const [channelCredentials, metadata] = await Promise.all([readCredentials(options), requestMetadata(options)]);
    return new SyncClient(target(options), channelCredentials, metadata, options);
  }

  /** Whether a connection was made, even if it is lost again. */
  get connected(): boolean {
    return this.#connected;
  }

  stream({ path, request }: RemoteCall): ClientReadableStream<Buffer> {
    return this.#client.makeServerStreamRequest(path, asIs, asIs, request, this.#metadata);
  }

  /** @throws ServiceError with the status that the call ended with. */
  call({ path, request }: RemoteCall, deadlineMs: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response?: Buffer) => {
        if (response) resolve(response);
        else reject(error ?? new Error('a call ended without a response'));
      };
      const deadline = Date.now() + deadlineMs;
      this.#client.makeUnaryRequest(path, asIs, asIs, request, this.#metadata, { deadline }, done);
    });
  }

  close(): void {
    this.#client.close();
  }

  #awaitConnection(): void {
    const channel = this.#client.getChannel();
    const state = channel.getConnectivityState(false);
    if (state === connectivityState.READY) this.#connected = true;
    else if (state !== connectivityState.SHUTDOWN) {
      channel.watchConnectivityState(state, Infinity, () => this.#awaitConnection());
    }
  }
}

/** Messages stay bytes: who decodes them is decode.ts, and the text of the flags nobody needs as a string. */
function asIs(bytes: Buffer): Buffer {
  return bytes;
}

function channelOptions({ authority }: Target, options: ResolvedOptions): ChannelOptions {
  return {
    'grpc.max_receive_message_length': options.maxMessageBytes,
    // Not shared with another provider, whose connections would outlive this one's close.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    'grpc.enable_channelz': 0,
    'grpc.primary_user_agent': 'openfeature-grpc-sync-provider',
    ...(options.keepAliveTime > 0 && { 'grpc.keepalive_time_ms': options.keepAliveTime }),
    ...(authority !== undefined && {
      'grpc.default_authority': authority,
      'grpc.ssl_target_name_override': authority.replace(/:\d+$/, ''),
    }),
  };
}

async function readCredentials(options: ResolvedOptions): Promise<ChannelCredentials> {
  if (!options.tls) return credentials.createInsecure();
  const [roots, key, chain] = await Promise.all([
    readPem('certPath', options.certPath),
    readPem('clientKeyPath', options.clientKeyPath),
    readPem('clientCertPath', options.clientCertPath),
  ]);
  return credentials.createSsl(roots, key, chain);
}

async function readPem(option: keyof ResolvedOptions, path: string | undefined): Promise<Buffer | null> {
  if (path === undefined) return null;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new SyncError(`${option}: cannot read ${path}: ${messageOf(cause)}`, undefined, { cause });
  }
}

async function requestMetadata(options: ResolvedOptions): Promise<Metadata> {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(options.headers)) metadata.set(name, value);
  if (options.selector !== undefined) metadata.set('flagd-selector', options.selector);
  const token = await readToken(options);
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

async function readToken({ authToken, authTokenPath }: ResolvedOptions): Promise<string | undefined> {
  if (authTokenPath !== undefined) {
    try {
      return (await readFile(authTokenPath, 'utf8')).trim();
    } catch (cause) {
      throw new SyncError(`authTokenPath: cannot read ${authTokenPath}: ${messageOf(cause)}`, undefined, { cause });
    }
  }
  return typeof authToken === 'function' ? await authToken() : authToken;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
