import type { JsonValue } from '@openfeature/server-sdk';
import type { FlagProblem } from '../flags/flag';
import { parseFlagSet } from '../flags/parse-flag-set';

/** What a client will find wrong with the flags of a set: the client's own judgement, so that both agree. */
export function problemsIn(flagSet: JsonValue): readonly FlagProblem[] {
  const set = parseFlagSet(Buffer.from(JSON.stringify(flagSet)));
  return [...set.problems, ...[...set.entriesIn(set)].flatMap((entry) => entry.findProblems())];
}
