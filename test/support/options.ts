import type { GrpcSyncOptions, ResolvedOptions } from '../../src/config/options';
import { resolveOptions } from '../../src/config/resolve-options';

/** Options with short backoffs and a silent logger, and nothing from the environment. */
export function testOptions(options: GrpcSyncOptions = {}): ResolvedOptions {
  return resolveOptions(
    { host: '127.0.0.1', deadlineMs: 2000, retryBackoffMs: 20, retryBackoffMaxMs: 100, logger: silent, ...options },
    {},
  );
}

export const silent = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
