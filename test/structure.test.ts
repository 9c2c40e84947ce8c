import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';

const src = join(__dirname, '..', 'src');

/** The files of src/, each with those that it imports more than types from. */
function importsByFile(): Map<string, string[]> {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      const imports = [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gms)].map(([, path]) => {
        const target = relative(src, join(src, dirname(file), path!));
        return [`${target}.ts`, join(target, 'index.ts')].find((candidate) => files.includes(candidate));
      });
      return [file, imports.filter((target) => target !== undefined)];
    }),
  );
}

describe('src/', () => {
  it('has no cycle of imports', () => {
    const imports = importsByFile();
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, 'a cycle').to.not.include(file);
      if (done.has(file)) return;
      for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of imports.keys()) visit(file, []);
    expect(imports.get('index.ts')).to.include('provider.ts');
  });
});
