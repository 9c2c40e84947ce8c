// Makes generated/ anew from protos/ with the generators of grpc-tools. Its compiler is a binary that is downloaded.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, rmSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const windows = process.platform === 'win32';
const tools = join(dirname(require.resolve('grpc-tools/package.json')), 'bin');
const binary = (name) => join(tools, windows ? `${name}.exe` : name);
const works = () => spawnSync(binary('protoc'), ['--version']).status === 0;

if (!works()) {
  console.log('Downloading the compiler of grpc-tools …');
  const npm = ['rebuild', 'grpc-tools', '--ignore-scripts=false'];
  spawnSync('npm', npm, { stdio: ['ignore', 'ignore', 'inherit'], shell: windows });
}
if (!works()) {
  console.error(
    'npm run generate: the compiler of grpc-tools could not be downloaded, so generated/ stays as it is.\n' +
      'It comes from the internet, outside the npm registry; run this where that can be reached.',
  );
  process.exit(1);
}

const protos = readdirSync('protos', { recursive: true }).filter((file) => file.endsWith('.proto'));
const plugin = join(dirname(require.resolve('grpc_tools_node_protoc_ts/package.json')), 'bin', 'protoc-gen-ts');
rmSync('generated', { recursive: true, force: true });
mkdirSync('generated');
execFileSync(
  binary('protoc'),
  [
    '--proto_path=protos',
    `--proto_path=${tools}`,
    `--plugin=protoc-gen-grpc=${binary('grpc_node_plugin')}`,
    `--plugin=protoc-gen-ts=${windows ? `${plugin}.cmd` : plugin}`,
    '--js_out=import_style=commonjs,binary:generated',
    '--grpc_out=grpc_js:generated',
    '--ts_out=grpc_js:generated',
    ...protos.map((file) => file.replaceAll('\\', '/')),
  ],
  { stdio: 'inherit' },
);
console.log(`generated/ is made anew from ${protos.length} files of protos/.`);
