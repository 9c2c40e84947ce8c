import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The fences between the folders of src/: [folder, what it may not import from, why]. */
const fences = [
  ['config', ['sync', 'flags', 'targeting', 'evaluation', 'server'], 'the configuration knows nothing of what uses it'],
  ['sync', ['targeting', 'evaluation', 'server'], 'sync ends at the SyncEvent'],
  ['flags', ['config', 'sync', 'evaluation', 'server'], 'flags is the inner side: no gRPC, no timers'],
  [
    'targeting',
    ['config', 'sync', 'flags', 'evaluation', 'server'],
    'targeting turns a rule into a function, nothing else',
  ],
  ['evaluation', ['config', 'sync', 'targeting', 'server'], 'evaluation reads a snapshot'],
  ['server', ['config', 'sync', 'targeting', 'evaluation'], 'the server stands by itself'],
];

/** Packages with one user each: [package pattern, folders that may import it]. */
const owners = [
  ['json-logic-engine', ['targeting']],
  ['@grpc/grpc-js', ['sync', 'server']],
  ['google-protobuf', ['sync', 'server']],
];

const folders = ['config', 'sync', 'flags', 'targeting', 'evaluation', 'server'];

export default tseslint.config(
  { ignores: ['dist/', 'generated/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        importX.createNodeResolver({ extensions: ['.ts', '.js', '.d.ts'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // noUncheckedIndexedAccess asks for them where an index is known to be good
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: fences.map(([target, from, message]) => ({
            target: `./src/${target}`,
            from: from.map((folder) => `./src/${folder}`),
            message,
          })),
        },
      ],
    },
  },
  ...folders.map((folder) => ({
    files: [`src/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: owners
            .filter(([, users]) => !users.includes(folder))
            .map(([name, users]) => ({
              group: [name, `${name}/*`],
              message: `Only ${users.join(' and ')} may import ${name}.`,
            })),
        },
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
  { files: ['src/config/resolve-options.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'import-x/no-restricted-paths': 'off',
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
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
  },
  prettier,
);
