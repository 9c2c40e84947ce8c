/** An in-process OpenFeature provider whose flags a flag management system pushes over gRPC. */
export { GrpcSyncProvider } from './provider';
export { resolveOptions } from './config/resolve-options';
export type { Environment } from './config/resolve-options';
export { ConfigurationError } from './config/configuration-error';
export type { ConfigurationProblem } from './config/configuration-error';
export type { AuthToken, ContextEnricher, GrpcSyncOptions, ResolvedOptions, SyncProtocol } from './config/options';
export type { AllDetails } from './evaluation/evaluate-all';
export type { ExplainedFlag, Explanation } from './evaluation/explain';
export { formatExplanation } from './evaluation/format-explanation';
export type { FormatOptions } from './evaluation/format-explanation';
export type { FlagProblem } from './flags/flag';
export type { Argument, FractionalTrace, Step, Trace } from './targeting/step';
export type { SyncStatus } from './sync-status';
export type { SourceStatus } from './sync/sync-listener';
export type { RefusedMessage, SnapshotMessage, StatusMessage } from './telemetry';
