import { isDeepStrictEqual } from 'node:util';
import type { EvaluationContext } from '@openfeature/server-sdk';
import { applyDifference } from './apply-difference';
import { ChangeSet } from './change-set';
import type { FlagProblem } from './flag';
import type { FlagEntry } from './flag-entry';
import { ownBytes } from './own-bytes';
import type { PersistentMap } from './persistent-map';
import { parseDeletion, parseFlagSet } from './parse-flag-set';
import type { Surroundings } from './parse-flag';
import { readInPlace } from './read-in-place';
import type { SetText } from './set-text';
import { FlagSnapshot } from './snapshot';
import type { AllEvent, ChangeEvent, SyncEvent } from './sync-event';

/** What an event has made of a snapshot. */
export interface Applied {
  readonly snapshot: FlagSnapshot;
  /** The keys of exactly those flags that answer differently now. */
  readonly flagsChanged: readonly string[];
  /** The flags whose definition is another one. What is wrong with single ones is still to be looked for. */
  readonly definitions: readonly FlagEntry[];
  /** What was passed over. */
  readonly problems: readonly FlagProblem[];
}

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
      return unchanged(snapshot, []);
    case 'UNKNOWN': {
      const message = `an event of the unknown state ${event.state} is passed over`;
      return unchanged(snapshot, [{ pointer: '', message }]);
    }
    default:
      return event satisfies never;
  }
}

function unchanged(snapshot: FlagSnapshot, problems: readonly FlagProblem[]): Applied {
  return { snapshot, flagsChanged: [], definitions: [], problems };
}

function replaceAll(before: FlagSnapshot, event: AllEvent): Applied {
  const bytes = ownBytes(event.flagSet);
  const difference = before.text && applyDifference(before, before.text, bytes);
  const { changes, text } = difference ?? parseAll(before, bytes);
  return next(before, changes, text, event.syncContext);
}

function parseAll(before: FlagSnapshot, bytes: Buffer): { changes: ChangeSet; text: SetText | undefined } {
  const set = readInPlace(bytes, before.entries) ?? parseFlagSet(bytes);
  const changes = new ChangeSet(before, keepIfSame(before.surroundings, set), set.problems);
  for (const entry of set.entriesIn(changes.surroundings)) changes.put(entry);
  for (const key of before.entries.keys()) {
    if (!set.keys.has(key)) changes.remove(key);
  }
  return { changes, text: set.text };
}

function putIn(before: FlagSnapshot, { flagSet }: ChangeEvent): Applied {
  const bytes = ownBytes(flagSet);
  const set = readInPlace(bytes, before.entries) ?? parseFlagSet(bytes);
  const changes = new ChangeSet(before, overlay(before.surroundings, set), set.problems);
  for (const entry of set.entriesIn(changes.surroundings)) changes.put(entry);
  const { metadata } = changes.surroundings;
  if (metadata !== before.metadata) {
    for (const [key, entry] of before.entries.entries()) {
      // a flag keeps the evaluators it came with
      const { evaluators } = entry.surroundings;
      if (!set.keys.has(key)) changes.put(entry.within({ evaluators, metadata }));
    }
  }
  return next(before, changes, undefined, undefined);
}

function takeOut(before: FlagSnapshot, event: ChangeEvent): Applied {
  const set = parseDeletion(event.flagSet);
  const changes = new ChangeSet(before, before.surroundings, set.problems);
  for (const key of set.keys.size > 0 ? set.keys : before.entries.keys()) changes.remove(key);
  return next(before, changes, undefined, undefined);
}

/** What was before where it is the same, so that an identity tells. */
function keepIfSame(before: Surroundings, after: Surroundings): Surroundings {
  const evaluators = isDeepStrictEqual(after.evaluators, before.evaluators) ? before.evaluators : after.evaluators;
  const metadata = isDeepStrictEqual(after.metadata, before.metadata) ? before.metadata : after.metadata;
  return evaluators === before.evaluators && metadata === before.metadata ? before : { evaluators, metadata };
}

function overlay(before: Surroundings, { evaluators, metadata }: Surroundings): Surroundings {
  return {
    evaluators: evaluators.size > 0 ? new Map([...before.evaluators, ...evaluators]) : before.evaluators,
    metadata: overlayMetadata(before.metadata, metadata),
  };
}

function overlayMetadata(before: Surroundings['metadata'], over: Surroundings['metadata']): Surroundings['metadata'] {
  const metadata = Object.freeze({ ...before, ...over });
  return isDeepStrictEqual(metadata, before) ? before : metadata;
}

function next(
  before: FlagSnapshot,
  { entries, definitions, problems, surroundings }: ChangeSet,
  text: SetText | undefined,
  newContext: EvaluationContext | undefined,
): Applied {
  const contextChanged = newContext !== undefined && !isDeepStrictEqual({ ...newContext }, { ...before.syncContext });
  const syncContext = contextChanged ? Object.freeze({ ...newContext }) : before.syncContext;
  const changed = [...entries.values()].filter((entry) => entry !== undefined);
  const all = before.entries.with(entries);
  leaveMessages(before.entries, all, changed);
  const snapshot = new FlagSnapshot(all, surroundings, syncContext, text);
  const flagsChanged = [...entries.keys()];
  if (contextChanged) {
    for (const [key, entry] of snapshot.entries.entries()) {
      // a rule may read what the server now says of the context
      if (!entries.has(key) && entry.hasRule) flagsChanged.push(key);
    }
  }
  return { snapshot, flagsChanged, definitions, problems };
}

/**
 * Sees to it that flags keep one message in memory at most: the one that most of them came in before, or the one that most of
 * them come in now. Otherwise each message might be kept by a single flag.
 */
function leaveMessages(
  before: PersistentMap<FlagEntry>,
  after: PersistentMap<FlagEntry>,
  changed: readonly FlagEntry[],
): void {
  if (before.size === 0) return;
  const arrived = new Set(changed.filter((entry) => entry.text.bytes !== before.get(entry.key)?.text.bytes));
  if (arrived.size <= after.size / 2) {
    for (const entry of arrived) entry.leaveMessage();
  } else {
    for (const entry of after.values()) {
      if (!arrived.has(entry)) entry.leaveMessage();
    }
  }
}
