/*
 * Writes THIRD_PARTY_LICENCES.md: each package that an installation of this one brings along, with its licence, as the
 * lock file and the package itself name them.
 *
 *     npm run docs:licences              writes
 *     npm run docs:licences -- --check   fails if the file is not as it would be written
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import prettier from 'prettier';

const root = new URL('../', import.meta.url);
const path = new URL('THIRD_PARTY_LICENCES.md', root);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));

/** What Apache 2.0 software may depend on without a second thought. */
const permissive = new Set(['Apache-2.0', 'MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);

function find(name, from) {
  for (let place = from; ; place = place.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const candidate = `${place === '' ? '' : `${place}/`}node_modules/${name}`;
    if (packages[candidate]) return candidate;
    if (place === '') throw new Error(`package-lock.json knows no ${name}`);
  }
}

/** All that the dependencies need, and what these need. */
function reach(place, found = new Set()) {
  for (const name of Object.keys(packages[place].dependencies ?? {})) {
    const next = find(name, place);
    if (found.has(next)) continue;
    found.add(next);
    reach(next, found);
  }
  return found;
}

const rows = [...reach('')].sort().map((place) => {
  const name = place.replace(/^.*node_modules\//, '');
  const { version, license = JSON.parse(readFileSync(new URL(`${place}/package.json`, root), 'utf8')).license } =
    packages[place];
  const unknown = String(license)
    .replace(/[()]/g, '')
    .split(/ (?:AND|OR) /)
    .filter((part) => !permissive.has(part));
  if (unknown.length > 0) throw new Error(`${name} has a licence to look at: ${license}`);
  return `| ${name} | ${version} | ${license} |`;
});

const text = `# Licences of dependencies

What \`npm install openfeature-grpc-sync-provider\` brings along, at the versions that this repository is tested with. Peer
dependencies are yours and not listed. \`npm run docs:licences\` writes this file, and a test compares it.

| package | version | licence |
| --- | --- | --- |
${rows.join('\n')}
`;
const after = await prettier.format(text, { ...(await prettier.resolveConfig(path)), parser: 'markdown' });
const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
if (before !== after && process.argv.includes('--check')) {
  console.error('THIRD_PARTY_LICENCES.md is not what npm run docs:licences writes.');
  process.exitCode = 1;
} else if (before !== after) {
  writeFileSync(path, after);
}
