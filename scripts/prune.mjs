// Takes out of dist/ what no entry of the package leads to: modules that are in the bundle only, and declarations that no
// public type mentions.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = [
  ...Object.values(bin),
  ...Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : Object.values(entry))),
];

/** What is imported, exported from, or required by its path. */
const reference = /(?:\bfrom\s+|\b(?:require|import)\(\s*|\bimport\s+)['"](\.[^'"]*)['"]/g;

const reached = new Set();
function reach(file) {
  if (reached.has(file)) return;
  reached.add(file);
  const extension = file.endsWith('.d.ts') ? '.d.ts' : '.js';
  for (const [, path] of readFileSync(file, 'utf8').matchAll(reference)) {
    const target = resolve(file, '..', path);
    const found = [target, `${target}${extension}`, join(target, `index${extension}`)].find(isFile);
    if (!found) throw new Error(`${file} refers to ${path}, which is not there`);
    reach(found);
  }
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

for (const entry of entries) reach(resolve(entry));
for (const name of readdirSync('dist', { recursive: true })) {
  const file = resolve('dist', name);
  if (isFile(file) && !reached.has(file)) rmSync(file);
}
