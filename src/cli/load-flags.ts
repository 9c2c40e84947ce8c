import { OpenFeatureEventEmitter, type Logger } from '@openfeature/server-sdk';
import type { GrpcSyncOptions, ResolvedOptions } from '../config/options';
import { resolveOptions } from '../config/resolve-options';
import { apply } from '../flags/apply';
import { FlagSnapshot } from '../flags/snapshot';
import { readFlagFile } from '../server/read-flag-file';
import { at } from '../server/flag-file-error';
import { CommandError } from './failure';
import { inTermsOfFlags } from './flag-terms';
import { printable, type Terminal } from './terminal';

/** Longer than an application waits by default: nobody is kept from starting, and a person has no patience to configure. */
const patienceMs = 5000;

/**
 * The flags of a file, in JSON or YAML. Problems of single flags are noted.
 *
 * @throws {FlagFileError}
 */
export async function readFlags(path: string, terminal: Terminal): Promise<FlagSnapshot> {
  const content = await readFlagFile(path);
  for (const problem of content.problems) {
    terminal.note(printable(`${at(path, content.locate(problem))} warning: ${problem.pointer} ${problem.message}`));
  }
  return apply(FlagSnapshot.empty, { type: 'ALL', flagSet: Buffer.from(content.flagSet.json) }).snapshot;
}

/**
 * The flags that a provider with these options would have.
 *
 * @throws {ConfigurationError}
 * @throws {CommandError} if none arrive within `deadlineMs`
 */
export async function fetchFlags(options: GrpcSyncOptions, terminal: Terminal): Promise<FlagSnapshot> {
  const warnings: string[] = [];
  const resolved = withPatience(options, { ...silent, warn: (message) => void warnings.push(String(message)) });
  const { Session } = await import('../session.js'); // as in serve.ts
  const session = new Session(resolved, new OpenFeatureEventEmitter());
  try {
    await session.initialized;
    session.finishInspection();
    for (const warning of warnings) terminal.note(printable(`warning: ${inTermsOfFlags(warning, connecting)}`));
    return session.snapshot ?? FlagSnapshot.empty;
  } catch (error) {
    throw new CommandError((error as Error).message.replace(/ Attempts go on\.$/, ''), { cause: error });
  } finally {
    session.close();
  }
}

function withPatience(options: GrpcSyncOptions, logger: Logger): ResolvedOptions {
  const isSaid = (process.env.FLAGD_DEADLINE_MS ?? '') !== '';
  return resolveOptions({ ...options, deadlineMs: options.deadlineMs ?? (isSaid ? undefined : patienceMs), logger });
}

/** A command with the provider's flags, whichever it is. */
const connecting = { flags: [], connects: true };

const nothing = () => undefined;
const silent: Logger = { error: nothing, warn: nothing, info: nothing, debug: nothing };
