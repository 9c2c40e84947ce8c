/**
 * Compares random rules with JsonLogic's own program: `npm run test:differential -- --runs 200000 [--seed N]`.
 * Prints how many differ, and ends with exit code 1 if any does.
 */
import { parseArgs } from 'node:util';
import { compareBothForms, compareWithOracle } from '../test/support/differential.ts';

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const runs = whole('runs', values.runs ?? '20000');
const seed = whole('seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));

console.log(`${runs} random rules and contexts, seed ${seed}`);
report('json-logic-js against both forms', compareWithOracle);
report('compiled against interpreted, all operators', compareBothForms);

function report(title, compare) {
  const start = performance.now();
  const { difference, oracleThrew, ...outcome } = compare({ runs, seed });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const skipped = oracleThrew > 0 ? `, ${oracleThrew} of them rules on which json-logic-js itself throws` : '';
  console.log(`${title}: ${difference ? 1 : 0} differences in ${outcome.runs} runs${skipped} (${seconds} s)`);
  if (!difference) return;
  process.exitCode = 1;
  console.log(`  rule     ${JSON.stringify(difference.rule)}`);
  console.log(`  context  ${JSON.stringify(difference.context)}`);
  console.log(`  gives    ${difference.says}`);
}

function whole(name, text) {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`--${name} is ${text}; expected a whole number`);
  return number;
}
