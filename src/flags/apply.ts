import { isDeepStrictEqual } from 'node:util';
import type { EvaluationContext, FlagMetadata } from '@openfeature/server-sdk';
import type { Evaluators } from '../targeting/targeting';
import type { BrokenFlag, Flag, FlagProblem } from './flag';
import { parseDeletion, parseFlagSet, type FlagSet } from './parse-flag-set';
import { parseFlag, withSetMetadata } from './parse-flag';
import { sameFlag } from './same-flag';
import { FlagSnapshot } from './snapshot';
import type { AllEvent, ChangeEvent, SyncEvent } from './sync-event';

/** What an event has made of a snapshot. */
export interface Applied {
  /** The same object as before if nothing changed. */
  readonly snapshot: FlagSnapshot;
  /** The keys of exactly those flags that answer differently now. */
  readonly flagsChanged: readonly string[];
  /** What is wrong with the flags that changed, and what was passed over. */
  readonly problems: readonly FlagProblem[];
}

type Changes = Map<string, Flag | BrokenFlag | undefined>;

/**
 * The step from one snapshot to the next. Pure: the same snapshot and event give the same result.
 *
 * @throws {FlagSetError} if the event's text cannot be used as a whole; the snapshot is then still good
 */
export function apply(snapshot: FlagSnapshot, event: SyncEvent): Applied {
  switch (event.type) {
    case 'ALL':
      return replaceAll(snapshot, event);
    case 'ADD':
    case 'UPDATE':
      return putIn(snapshot, event);
    case 'DELETE':
      return takeOut(snapshot, event);
    case 'PING':
      return { snapshot, flagsChanged: [], problems: [] };
    case 'UNKNOWN': {
      const problem = { pointer: '', message: `an event of the unknown state ${event.state} is passed over` };
      return { snapshot, flagsChanged: [], problems: [problem] };
    }
    default:
      return event satisfies never;
  }
}

function replaceAll(before: FlagSnapshot, event: AllEvent): Applied {
  const set = parseFlagSet(event.flagSet);
  const { changes, problems } = parseChanged(before, set, set);
  for (const [key] of before.flags.entries()) {
    if (!set.definitions.has(key)) changes.set(key, undefined);
  }
  return next(before, changes, { ...set, syncContext: event.syncContext, problems });
}

function putIn(before: FlagSnapshot, event: ChangeEvent): Applied {
  const set = parseFlagSet(event.flagSet);
  const evaluators = set.evaluators.size > 0 ? new Map([...before.evaluators, ...set.evaluators]) : before.evaluators;
  const metadata = { ...before.metadata, ...set.metadata };
  const { changes, problems } = parseChanged(before, set, { evaluators, metadata });
  if (!isDeepStrictEqual(metadata, before.metadata)) {
    for (const [key, flag] of before.flags.entries()) {
      if (set.definitions.has(key)) continue;
      const after = withSetMetadata(flag, metadata);
      if (!isDeepStrictEqual(after.metadata, flag.metadata)) changes.set(key, after);
    }
  }
  return next(before, changes, { evaluators, metadata, problems });
}

function takeOut(before: FlagSnapshot, event: ChangeEvent): Applied {
  const set = parseDeletion(event.flagSet);
  const changes: Changes = new Map();
  const problems = [...set.problems];
  for (const [key, { pointer }] of set.definitions) {
    if (before.get(key)) changes.set(key, undefined);
    else problems.push({ pointer, message: 'is to be deleted, but was not there' });
  }
  if (set.definitions.size === 0) {
    for (const [key] of before.flags.entries()) changes.set(key, undefined);
  }
  return next(before, changes, { evaluators: before.evaluators, metadata: before.metadata, problems });
}

/** The flags of the set that answer differently than before, and the problems of those. */
function parseChanged(
  before: FlagSnapshot,
  set: FlagSet,
  surroundings: { readonly evaluators: Evaluators; readonly metadata: Readonly<FlagMetadata> },
): { changes: Changes; problems: FlagProblem[] } {
  const changes: Changes = new Map();
  const problems = [...set.problems];
  for (const [key, definition] of set.definitions) {
    const parsed = parseFlag(key, definition, surroundings);
    const known = before.get(key);
    if (known && sameFlag(known, parsed.flag)) continue;
    changes.set(key, parsed.flag);
    problems.push(...parsed.problems);
  }
  return { changes, problems };
}

function next(
  before: FlagSnapshot,
  changes: Changes,
  after: {
    readonly evaluators: Evaluators;
    readonly metadata: Readonly<FlagMetadata>;
    readonly syncContext?: EvaluationContext | undefined;
    readonly problems: readonly FlagProblem[];
  },
): Applied {
  const contextChanged = after.syncContext !== undefined && !isDeepStrictEqual(after.syncContext, before.syncContext);
  const syncContext = contextChanged ? Object.freeze({ ...after.syncContext }) : before.syncContext;
  const flags = changes.size > 0 ? before.flags.with(changes) : before.flags;
  const snapshot = new FlagSnapshot(flags, after.evaluators, Object.freeze({ ...after.metadata }), syncContext);
  const flagsChanged = new Set(changes.keys());
  if (contextChanged) {
    // a rule may read what the server now says of the context
    for (const [key, flag] of flags.entries()) {
      if (!flag.problem && flag.targeting) flagsChanged.add(key);
    }
  }
  return { snapshot, flagsChanged: [...flagsChanged], problems: after.problems };
}
