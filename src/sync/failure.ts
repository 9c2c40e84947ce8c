import { status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import type { ResolvedOptions } from '../config/options';
import { SyncError } from './sync-error';
import { target } from './target';

type EndStatus = Pick<StatusObject, 'code' | 'details'>;

/** Why a stream ended. An end with OK is one too: flags no longer arrive. */
export function endOfStream({ code, details }: EndStatus, options: ResolvedOptions, tried: string): SyncError {
  const where = target(options).uri;
  const name = statusName(code);
  if (code === status.OK) return new SyncError(`${where} ended the stream.`, name);
  if (code === status.UNIMPLEMENTED) {
    return new SyncError(`${where} does not speak ${tried} (UNIMPLEMENTED: ${details}).`, name);
  }
  return new SyncError(`${where}: ${name}: ${details}`, name);
}

/** Any error as one with a message for a person, which begins with what was being done. */
export function asSyncError(error: unknown, options: ResolvedOptions, what: string): SyncError {
  if (error instanceof SyncError) return error;
  const { message, code } = isStatusObject(error)
    ? endOfStream(error, options, what)
    : new SyncError(error instanceof Error ? error.message : String(error));
  return new SyncError(`${what} failed: ${message}`, code, { cause: error });
}

/** Whether an error says that a call ended with this gRPC status. */
export function isStatus(error: unknown, code: status): boolean {
  return isStatusObject(error) && error.code === code;
}

function isStatusObject(error: unknown): error is EndStatus {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}

/** Name of a gRPC status, for example `UNAVAILABLE`. */
function statusName(code: status): string {
  // A server may send a number that no status has.
  const names: Readonly<Record<number, string>> = status;
  return names[code] ?? `status ${code}`;
}
