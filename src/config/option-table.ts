import { DefaultLogger, type EvaluationContext, type Logger } from '@openfeature/server-sdk';
import type { GrpcSyncOptions } from './options';
import {
  callable,
  delayMs,
  flag,
  headerFields,
  integer,
  namesOf,
  oneOf,
  seconds,
  text,
  token,
  withMethods,
  type OptionType,
} from './option-types';

/** Names of the gRPC statuses that are errors. */
const statusNames = [
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** Where an option comes from: its type, the variables that may hold it (the first one set counts), its default. */
export interface OptionRow<T> {
  readonly type: OptionType<T>;
  readonly variables: readonly string[];
  readonly fallback?: T;
}

/** Every option, in the order of the documentation. */
export const optionTable: { readonly [Key in keyof GrpcSyncOptions]-?: OptionRow<NonNullable<GrpcSyncOptions[Key]>> } =
  {
    host: { type: text, variables: ['FLAGD_HOST'], fallback: 'localhost' },
    port: { type: integer(1, 65535), variables: ['FLAGD_SYNC_PORT', 'FLAGD_PORT'], fallback: 8015 },
    targetUri: { type: text, variables: ['FLAGD_TARGET_URI'] },
    socketPath: { type: text, variables: ['FLAGD_SOCKET_PATH'] },
    tls: { type: flag, variables: ['FLAGD_TLS'], fallback: false },
    certPath: { type: text, variables: ['FLAGD_SERVER_CERT_PATH'] },
    clientCertPath: { type: text, variables: ['FLAGD_CLIENT_CERT_PATH'] },
    clientKeyPath: { type: text, variables: ['FLAGD_CLIENT_KEY_PATH'] },
    authToken: { type: token, variables: ['FLAGD_AUTH_TOKEN'] },
    authTokenPath: { type: text, variables: ['FLAGD_AUTH_TOKEN_PATH'] },
    headers: { type: headerFields, variables: ['FLAGD_HEADERS'], fallback: Object.freeze({}) },
    defaultAuthority: { type: text, variables: ['FLAGD_DEFAULT_AUTHORITY'] },
    selector: { type: text, variables: ['FLAGD_SOURCE_SELECTOR'] },
    providerId: { type: text, variables: ['FLAGD_PROVIDER_ID'] },
    deadlineMs: { type: delayMs(1), variables: ['FLAGD_DEADLINE_MS'], fallback: 500 },
    streamDeadlineMs: { type: delayMs(0), variables: ['FLAGD_STREAM_DEADLINE_MS'], fallback: 600_000 },
    keepAliveTime: { type: delayMs(0), variables: ['FLAGD_KEEP_ALIVE_TIME_MS'], fallback: 0 },
    retryBackoffMs: { type: delayMs(1), variables: ['FLAGD_RETRY_BACKOFF_MS'], fallback: 1000 },
    retryBackoffMaxMs: { type: delayMs(1), variables: ['FLAGD_RETRY_BACKOFF_MAX_MS'], fallback: 5000 },
    retryGracePeriod: { type: seconds, variables: ['FLAGD_RETRY_GRACE_PERIOD'], fallback: 10 },
    fatalStatusCodes: {
      type: namesOf(statusNames),
      variables: ['FLAGD_FATAL_STATUS_CODES'],
      fallback: Object.freeze([]),
    },
    maxMessageBytes: {
      type: integer(1, 2 ** 31 - 1),
      variables: ['FLAGD_MAX_MESSAGE_BYTES'],
      fallback: 256 * 1024 * 1024,
    },
    protocol: {
      type: oneOf('auto', 'flagd.sync.v1', 'sync.v1'),
      variables: ['FLAGD_SYNC_PROTOCOL'],
      fallback: 'auto',
    },
    contextEnricher: {
      type: callable('a function of the sync context'),
      variables: [],
      fallback: (syncContext: EvaluationContext) => syncContext,
    },
    offlineFlagSourcePath: { type: text, variables: ['FLAGD_OFFLINE_FLAG_SOURCE_PATH'] },
    offlinePollIntervalMs: { type: delayMs(1), variables: ['FLAGD_OFFLINE_POLL_MS'], fallback: 5000 },
    logger: {
      type: withMethods<Logger>('error', 'warn', 'info', 'debug'),
      variables: [],
      fallback: new DefaultLogger(),
    },
  };
