import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The fences between the folders of src/: [folder, what it may not import from, why, whether types may pass]. */
const fences = [
  ['config', ['sync', 'flags', 'targeting', 'evaluation', 'server'], 'the configuration knows nothing of what uses it'],
  ['sync', ['targeting', 'evaluation', 'server'], 'sync ends at the SyncEvent'],
  ['sync', ['config', 'flags'], 'sync takes types from there, and nothing that runs', true],
  ['flags', ['config', 'sync', 'evaluation', 'server'], 'flags is the inner side: no gRPC, no timers'],
  [
    'targeting',
    ['config', 'sync', 'flags', 'evaluation', 'server'],
    'targeting turns a rule into a function, nothing else',
  ],
  ['evaluation', ['config', 'sync', 'targeting', 'server'], 'evaluation reads a snapshot'],
  ['evaluation', ['flags'], 'evaluation takes types from there, and nothing that runs', true],
  ['server', ['config', 'sync', 'targeting', 'evaluation'], 'the server stands by itself'],
  ['testing', ['config', 'sync', 'targeting'], 'testing has flags and their evaluation, and no connection'],
  ['testing', ['server'], 'testing takes types from there, and nothing that runs', true],
];

/** Packages with one user each, and the generated code: [pattern, folders that may import it]. */
const owners = [
  ['json-logic-engine', ['targeting']],
  ['@grpc/grpc-js', ['sync', 'server']],
  ['google-protobuf', ['server']],
  ['**/generated', ['server']],
  ['yaml', ['server']],
];

/** What nothing else is built on. */
const onTop = ['cli', 'testing'];

const fencesOf = (folder) =>
  [...fences, ...(onTop.includes(folder) ? [] : [[folder, onTop, 'the commands and testing are on top of everything']])]
    .filter(([target]) => target === folder)
    .map(([, from, message, allowTypeImports = false]) => ({
      group: from.map((other) => `../${other}/*`),
      message: `${folder}: ${message}.`,
      allowTypeImports,
    }));

const ownersOutside = (folder) =>
  owners
    .filter(([, users]) => !users.includes(folder))
    .map(([name, users]) => ({
      group: [name, `${name}/*`],
      message: `Only ${users.join(' and ')} may import ${name}.`,
    }));

const folders = ['config', 'sync', 'flags', 'targeting', 'evaluation', 'server', ...onTop];

export default tseslint.config(
  { ignores: ['dist/', 'docs/api/', 'generated/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // noUncheckedIndexedAccess asks for them where an index is known to be good
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }],
    },
  },
  ...folders.map((folder) => ({
    files: [`src/${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [...fencesOf(folder), ...ownersOutside(folder)] },
      ],
      'no-restricted-globals': [
        'error',
        {
          name: 'process',
          message: 'The environment is an argument; process.env appears once, in config/resolve-options.ts.',
        },
      ],
    },
  })),
  { files: ['src/cli/**/*.ts'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['src/config/resolve-options.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        AbortSignal: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
  },
  prettier,
);
