/** Why flags do not arrive. The message is meant for a person: what failed, where, and what to do. It holds no secret. */
export class SyncError extends Error {
  override readonly name = 'SyncError';

  constructor(
    message: string,
    /** Name of the gRPC status, for example `UNAVAILABLE`; absent for a file. */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
