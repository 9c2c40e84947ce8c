/*
 * Writes the table of options into docs/configuration.md and README.md, between two markers. Names, variables and
 * defaults are those of the option table, the meanings are the doc comments of the options.
 *
 *     npm run docs:configuration              writes
 *     npm run docs:configuration -- --check   fails if a file is not as it would be written
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';
import { optionTable } from '../src/config/option-table.ts';

const root = new URL('../', import.meta.url);
const begin = '<!-- options: made by npm run docs:configuration -->';
const end = '<!-- end of options -->';

/** Defaults that no value shows. */
const spokenDefaults = {
  certPath: "the system's authorities",
  headers: 'none',
  fatalStatusCodes: 'none',
  contextEnricher: 'unchanged',
  logger: 'the console, warnings and errors',
};

/** Option name → its doc comment, in one line. */
function readComments() {
  const path = fileURLToPath(new URL('src/config/options.ts', root));
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const options = source.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === 'GrpcSyncOptions',
  );
  return new Map(
    options.members.map((member) => {
      const [comment] = ts.getJSDocCommentsAndTags(member);
      return [member.name.text, ts.getTextOfJSDocComment(comment?.comment)?.replace(/\s+/g, ' ') ?? ''];
    }),
  );
}

/** Without the sentence that says the variable and the default: they have columns of their own. */
function meaningOf(comment) {
  return comment
    .replace(/(^|\.) ?`FLAGD_.*$/, '$1')
    .replace(/ ?Default: .*$/, '')
    .replace(/\.$/, '')
    .replaceAll('|', '\\|');
}

/** The variables, and how their text is to be written where that is not plain. */
function variablesOf(comment, { variables }) {
  const [, form] = /`FLAGD_[A-Z_]+` \(([^)]*)\)/.exec(comment) ?? [];
  return variables.map((variable) => `\`${variable}\``).join(', else ') + (form ? ` (${form})` : '');
}

function defaultOf(name, { fallback }) {
  return spokenDefaults[name] ?? (fallback === undefined ? '' : `\`${String(fallback)}\``);
}

function table() {
  const comments = readComments();
  const rows = Object.entries(optionTable).map(([name, row]) => {
    const comment = comments.get(name) ?? '';
    const meaning = meaningOf(comment);
    if (meaning === '') throw new Error(`src/config/options.ts: ${name} has no doc comment that says what it means`);
    return `| \`${name}\` | ${variablesOf(comment, row)} | ${defaultOf(name, row)} | ${meaning} |`;
  });
  return ['| option | environment variable | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const isCheck = process.argv.includes('--check');
for (const name of ['docs/configuration.md', 'README.md']) {
  const path = fileURLToPath(new URL(name, root));
  const before = readFileSync(path, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${name}: the markers of the options table are not there`);
  const written = `${before.slice(0, from)}${begin}\n\n${table()}\n\n${before.slice(to)}`;
  const after = await prettier.format(written, { ...(await prettier.resolveConfig(path)), filepath: path });
  if (before === after) continue;
  if (isCheck) {
    console.error(`${name} is not what npm run docs:configuration writes.`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, after);
    console.log(`${name} written`);
  }
}
