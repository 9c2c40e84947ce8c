// Makes the main entry of the package one file, after tsc: to find, read and compile a hundred files is most of what
// `require` would take. The declarations, and the modules of the other entries, stay as tsc writes them.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/index.ts'],
  outfile: 'dist/index.js',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
});
