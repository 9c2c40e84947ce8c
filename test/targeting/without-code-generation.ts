/*
 * Run by a test under `--disallow-code-generation-from-strings`: evaluates until a rule would have been compiled, and
 * prints what came out.
 */
import type { JsonValue } from '@openfeature/server-sdk';
import { Targeting } from '../../src/targeting/targeting';
import { compareWithOracle } from '../support/differential';
import { interpret } from '../support/rule-runs';
import { manyEvaluations } from './run';

let isAllowed = true;
try {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- to show that it is refused
  new Function('');
} catch {
  isAllowed = false;
}

const rule: JsonValue = {
  if: [
    { and: [{ in: [{ var: 'country' }, ['NL', 'BE']] }, { sem_ver: [{ var: 'version' }, '>=', '2.0.0'] }] },
    { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'email' }] }, ['on', 50], ['off', 50]] },
    { map: [{ var: 'list' }, { '+': [{ var: '' }, 1] }] },
  ],
};
const targeting = new Targeting(rule, 'flag', new Map());
const answers = Array.from({ length: manyEvaluations * 2 }, (_, index) =>
  targeting.evaluate({ country: 'NL', version: '2.1.0', email: `user-${index}`, list: [1] }, {}, () => undefined),
);
const { difference } = compareWithOracle({ runs: 2000, seed: Number(process.argv[2]) }, [interpret]);
console.log(JSON.stringify({ isAllowed, answers: [...new Set(answers)].sort(), difference }));
