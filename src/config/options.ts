import type { EvaluationContext, Logger } from '@openfeature/server-sdk';

/** Which of the two sync contracts to speak; `auto` tries `flagd.sync.v1` and falls back on UNIMPLEMENTED. */
export type SyncProtocol = 'auto' | 'flagd.sync.v1' | 'sync.v1';

/** The token itself, or a function that is called for every stream. */
export type AuthToken = string | (() => string | Promise<string>);

/** Maps the server's sync context to the attributes that are merged into every evaluation. */
export type ContextEnricher = (syncContext: EvaluationContext) => EvaluationContext;

/**
 * Everything is optional. An option beats its environment variable, the variable beats the default; an option that is
 * `undefined` counts as not given, and an empty variable as not set.
 */
export interface GrpcSyncOptions {
  /** Host of the flag management system. `FLAGD_HOST`, default `localhost`. */
  host?: string | undefined;
  /** Its sync port, 1 to 65535. `FLAGD_SYNC_PORT`, else `FLAGD_PORT`, default 8015. */
  port?: number | undefined;
  /**
   * A gRPC target instead of host and port: `dns:///flags:8015`, `ipv4:10.0.0.1:8015,10.0.0.2:8015`,
   * `unix:/run/sync.sock`, `envoy://proxy:9211/authority`, or `xds:///name` if `@grpc/grpc-js-xds` is installed.
   * `FLAGD_TARGET_URI`, no default.
   */
  targetUri?: string | undefined;
  /** Path of a Unix socket instead of host and port. `FLAGD_SOCKET_PATH`, no default. */
  socketPath?: string | undefined;
  /** Whether to connect with TLS. `FLAGD_TLS` (`true` or `false`), default false. */
  tls?: boolean | undefined;
  /** PEM file of the certificates that the server's is checked against. `FLAGD_SERVER_CERT_PATH`, default the system's. */
  certPath?: string | undefined;
  /** PEM file of the client's certificate, for mutual TLS; needs `clientKeyPath`. `FLAGD_CLIENT_CERT_PATH`. */
  clientCertPath?: string | undefined;
  /** PEM file of the client's private key; needs `clientCertPath`. `FLAGD_CLIENT_KEY_PATH`. */
  clientKeyPath?: string | undefined;
  /**
   * Sent as `authorization: Bearer …` with every stream; a function is called for each. Refused at construction without
   * TLS, unless the server is on this machine. `FLAGD_AUTH_TOKEN`, no default.
   */
  authToken?: AuthToken | undefined;
  /** File that holds the token, read again for every stream. `FLAGD_AUTH_TOKEN_PATH`, no default. */
  authTokenPath?: string | undefined;
  /** Further request headers. `FLAGD_HEADERS` (`name=value,name2=value2`), default none. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** `:authority` of the requests, and the name looked for in the server's certificate. `FLAGD_DEFAULT_AUTHORITY`. */
  defaultAuthority?: string | undefined;
  /** Chooses which flags the server sends, for example `flagSetId=checkout`. `FLAGD_SOURCE_SELECTOR`, no default. */
  selector?: string | undefined;
  /** Names this client to the server. `FLAGD_PROVIDER_ID`, no default. */
  providerId?: string | undefined;
  /** Milliseconds that `initialize()` waits for the first snapshot, and that a unary call may take. `FLAGD_DEADLINE_MS`, default 500. */
  deadlineMs?: number | undefined;
  /** Milliseconds after which a stream is renewed, without a gap; 0 is never. `FLAGD_STREAM_DEADLINE_MS`, default 600000. */
  streamDeadlineMs?: number | undefined;
  /** Milliseconds between HTTP/2 pings; 0 is none. `FLAGD_KEEP_ALIVE_TIME_MS`, default 0. */
  keepAliveTime?: number | undefined;
  /** Milliseconds before the first new attempt. `FLAGD_RETRY_BACKOFF_MS`, default 1000. */
  retryBackoffMs?: number | undefined;
  /** Most milliseconds between two attempts. `FLAGD_RETRY_BACKOFF_MAX_MS`, default 5000. */
  retryBackoffMaxMs?: number | undefined;
  /** Seconds in STALE before ERROR; 0 is ERROR at once. `FLAGD_RETRY_GRACE_PERIOD`, default 10. */
  retryGracePeriod?: number | undefined;
  /**
   * gRPC status names, for example `UNAUTHENTICATED`, that on the first connection end in PROVIDER_FATAL without another
   * attempt. `FLAGD_FATAL_STATUS_CODES` (comma-separated), default none.
   */
  fatalStatusCodes?: readonly string[] | undefined;
  /** Largest message accepted, in bytes. `FLAGD_MAX_MESSAGE_BYTES`, default 268435456 (256 MiB). */
  maxMessageBytes?: number | undefined;
  /**
   * The sync contract to speak: `flagd.sync.v1`, `sync.v1`, or `auto`, which is the first, or the second where the server
   * does not know the first. `FLAGD_SYNC_PROTOCOL`, default `auto`.
   */
  protocol?: SyncProtocol | undefined;
  /** Maps the server's sync context to what is merged into every evaluation. Default: unchanged. */
  contextEnricher?: ContextEnricher | undefined;
  /** A flag file instead of a stream. `FLAGD_OFFLINE_FLAG_SOURCE_PATH`, no default. */
  offlineFlagSourcePath?: string | undefined;
  /** Milliseconds between two looks at that file where it cannot be watched. `FLAGD_OFFLINE_POLL_MS`, default 5000. */
  offlinePollIntervalMs?: number | undefined;
  /** Where connection and flag-set messages go. Default: warnings and errors to the console. */
  logger?: Logger | undefined;
}

type Defaulted =
  | 'host'
  | 'port'
  | 'tls'
  | 'headers'
  | 'deadlineMs'
  | 'streamDeadlineMs'
  | 'keepAliveTime'
  | 'retryBackoffMs'
  | 'retryBackoffMaxMs'
  | 'retryGracePeriod'
  | 'fatalStatusCodes'
  | 'maxMessageBytes'
  | 'protocol'
  | 'contextEnricher'
  | 'offlinePollIntervalMs'
  | 'logger';

/** The configuration that is used: checked, complete and frozen. */
export type ResolvedOptions = Readonly<
  { [Key in Defaulted]-?: NonNullable<GrpcSyncOptions[Key]> } & {
    [Key in Exclude<keyof GrpcSyncOptions, Defaulted>]?: NonNullable<GrpcSyncOptions[Key]>;
  }
>;
