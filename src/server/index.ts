export type { FlagDefinition, FlagSetDefinition } from './flag-definition';
export { FlagFileError, type Place } from './flag-file-error';
export type { SyncServerOptions, TlsOptions } from './options';
export { SyncServer } from './sync-server';
