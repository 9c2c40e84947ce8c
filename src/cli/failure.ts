/** The command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command could not do what it was asked for. The message is for the person who asked. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
