/**
 * Measures what docs/performance.md tells of: `npm run bench -- [--only NAME] [--json] [--quick]`.
 *
 * --only NAME  a part, the name of a file of rows/; may be given several times
 * --json       for machines
 * --quick      one round of each: whether it runs, not how fast
 */
import { parseArgs } from 'node:util';
import { machine } from './lib/machine.mjs';
import { table } from './lib/table.mjs';

/** In the order of the table. */
const allParts = [
  'push',
  'growth',
  'unchanged',
  'update',
  'first-load',
  'heap',
  'evaluate',
  'evaluate-all',
  'open-feature-client',
  'visible',
  'require',
  'burst',
  'recovery',
  'other-peers',
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: allParts },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  },
});
const unknown = values.only.filter((part) => !allParts.includes(part));
if (unknown.length > 0) {
  console.error(`--only ${unknown.join(', ')}: there is no such part; there are ${allParts.join(', ')}`);
  process.exit(2);
}

/** How often a round of measurements is repeated. */
const rounds = (count) => (values.quick ? 1 : count);
const rows = [];
for (const part of allParts.filter((name) => values.only.includes(name))) {
  console.error(`measuring ${part} …`);
  const { run } = await import(`./rows/${part}.mjs`);
  try {
    for (const row of await run({ rounds })) rows.push({ part, ...row });
  } catch (error) {
    // the other parts are still worth measuring
    rows.push({ part, what: part, goal: 'can be measured', figure: 'failed, see above', met: false });
    console.error(`${part}: ${error.message}`);
    process.exitCode = 1;
  }
}

const report = { date: new Date().toISOString(), machine: machine(), rows };
console.log(values.json ? JSON.stringify(report, null, 2) : table(report));
