import type { JsonValue } from '@openfeature/server-sdk';
import type { FlagProblem } from '../flags/flag';
import { problemsOf } from '../flags/check-flag';
import { pointerTo } from '../flags/json';
import { parseFlagSet } from '../flags/parse-flag-set';

/** What a client will find wrong with the flags of a set: the client's own judgement, so that both agree. */
export function problemsIn(flagSet: JsonValue): readonly FlagProblem[] {
  const set = parseFlagSet(Buffer.from(JSON.stringify(flagSet)));
  const problems = [...set.members()].flatMap(({ key, json, pointer = pointerTo('/flags', key) }) =>
    problemsOf(key, json(), set.evaluators).map((problem) => ({ ...problem, pointer: pointer + problem.pointer })),
  );
  return [...set.problems, ...problems];
}
