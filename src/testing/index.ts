/**
 * Flags for tests. `TestFlags` answers from code, without a network, with the evaluation that runs in production. A test
 * of the whole way, with a connection that comes and goes, starts a `SyncServer` on port 0 instead, from `./server`.
 */
export type { FlagDefinition } from '../server/flag-definition';
export type { TestEvaluation } from './test-evaluation';
export { TestFlags } from './test-flags';
export type { FlagOverride, TestFlag } from './test-flags';
export type { TestProvider } from './test-provider';
