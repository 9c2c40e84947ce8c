/** One measurement in a process of its own: `node [--cpu-prof] bench/lib/child.mjs ROW MEASUREMENT [PARAMETERS as JSON]`. */
const [row, name, parameters = '{}'] = process.argv.slice(2);
const { measurements } = await import(`../rows/${row}.mjs`);
const result = await measurements[name](JSON.parse(parameters));
// Not by itself: how a subject closes is not what is measured here.
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit());
