import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPage, root } from './markdown';

const page = 'docs/operating.md';

function sources(...folders: readonly string[]): string {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

/** The longest text of a template that is the same in each line written with it. */
function fixedPart(template: string): string {
  const parts = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/^[\s.:,;]+|[\s.:,;]+$/g, ''));
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

describe(page, () => {
  const text = readPage(page).replace(/\s+/g, ' ');

  it('names every metric and every diagnostics channel', () => {
    const code = readFileSync(join(root, 'src/telemetry.ts'), 'utf8');
    const names = [
      ...[...code.matchAll(/'(feature_flag\.[a-z._]+)'/g)].map(([, name]) => name!),
      ...[...code.matchAll(/\$\{name\}(:[a-z]+)`/g)].map(([, name]) => `openfeature-grpc-sync-provider${name}`),
    ];
    expect(names).to.have.lengthOf.above(8);
    for (const name of names) expect(text).to.contain(`\`${name}\``);
  });

  it('knows every line that is written to a log', () => {
    const calls = sources('src', 'src/sync', 'src/server').matchAll(/\.(?:error|warn|info|debug)\(\s*`([^`]+)`/g);
    const lines = [...calls].map(([, template]) => fixedPart(template!));
    expect(lines).to.have.lengthOf.above(15);
    for (const line of lines.filter((part) => part.length > 3)) expect(text).to.contain(line);
  });
});
