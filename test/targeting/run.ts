import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { Targeting } from '../../src/targeting/targeting';

/** More than enough for a rule to be compiled. */
export const manyEvaluations = 30;

export interface Surroundings {
  readonly flagKey?: string;
  readonly syncContext?: EvaluationContext;
  readonly evaluators?: Readonly<Record<string, JsonValue>>;
  readonly log?: string[];
}

/** What a rule gives, interpreted at first and compiled in the end. */
export function run(rule: JsonValue, context: EvaluationContext = {}, surroundings: Surroundings = {}): JsonValue {
  const { flagKey = 'flag', syncContext = {}, evaluators = {}, log = [] } = surroundings;
  const targeting = new Targeting(rule, flagKey, new Map(Object.entries(evaluators)));
  expect(targeting.problem).to.equal(undefined);
  const evaluate = () => targeting.evaluate(context, syncContext, (message) => log.push(message));
  const first = evaluate();
  for (let i = 0; i < manyEvaluations; i++) expect(evaluate()).to.deep.equal(first);
  return first;
}
