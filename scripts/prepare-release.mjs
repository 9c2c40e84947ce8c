/*
 * Run by the release workflow before it publishes, and by hand to see whether all is ready:
 *
 *     TAG=v1.2.3 REPOSITORY=https://host/owner/name node scripts/prepare-release.mjs
 *
 * The tag must be the version of package.json and of package-lock.json, and the changelog must have a section for it. Then
 * package.json is told its repository, without which npm accepts no provenance.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const read = (name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const { TAG: tag = '', REPOSITORY: repository = '' } = process.env;
const manifest = JSON.parse(read('package.json'));
const lock = JSON.parse(read('package-lock.json'));
const { version } = manifest;

const problems = [];
if (tag !== `v${version}`) problems.push(`The tag is ${JSON.stringify(tag)}, but package.json has version ${version}.`);
if (lock.version !== version) problems.push(`package-lock.json has version ${lock.version}: run npm install.`);
if (!read('CHANGELOG.md').includes(`\n## ${version}`)) problems.push(`CHANGELOG.md has no section "## ${version}".`);
if (!repository.startsWith('https://')) problems.push('REPOSITORY is not the URL of the repository.');

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  const url = `git+${repository}.git`;
  const changed = { ...manifest, repository: { type: 'git', url }, homepage: `${repository}#readme` };
  writeFileSync(new URL('../package.json', import.meta.url), `${JSON.stringify(changed, null, 2)}\n`);
  console.log(`${manifest.name} ${version} is ready: npm publish --provenance --access public`);
}
