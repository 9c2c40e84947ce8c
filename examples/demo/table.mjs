/** Shows who gets what: redrawn in place on a terminal, one table after the other in a pipe. */
import { styleText } from 'node:util';

const isTerminal = process.stdout.isTTY === true;
const hasColors = isTerminal && !process.env.NO_COLOR;
const style = (format, text) => (hasColors ? styleText(format, text) : text);

/** On a terminal, the last messages stay below the table. */
const mostMessages = 8;
const messages = [];

/** `before` is the table that was shown last, if any; `flagsChanged` names what a push has changed. */
export function showTable({ hint, table, before, message, flagsChanged }) {
  const lines = linesOf(table);
  const linesBefore = before && linesOf(before);
  const isNew = (line, user) => linesBefore !== undefined && linesBefore.get(line)?.[user] !== lines.get(line)[user];

  const changes = flagsChanged.map((flag) => {
    const own = [...lines.keys()].filter((line) => line === flag || line.startsWith(`${flag}.`));
    const parts = own.flatMap((line) => describe(line, lines.get(line), linesBefore?.get(line), table.users));
    return parts.length > 0 ? parts.join('; ') : `${flag} has changed, but not for these users`;
  });
  const time = new Date().toLocaleTimeString('en-GB');
  messages.push(...(changes.length > 0 ? changes : [message]).map((text) => `${time}  ${text}`));
  const shown = isTerminal ? messages.slice(-mostMessages) : messages.splice(0);

  const width = Math.max(...[...lines.keys()].map((line) => line.length)) + 2;
  const rows = [
    ['', table.users.map((user) => style('bold', pad(user.targetingKey)))],
    ['', table.users.map((user) => style('dim', pad(user.plan)))],
    ['', table.users.map((user) => style('dim', pad(user.appVersion)))],
    ...[...lines].map(([line, answers]) => [
      line,
      answers.map((answer, user) => style(isNew(line, user) ? ['black', 'bgYellow'] : colorOf(answer), pad(answer))),
    ]),
  ].map(([name, cells]) => `${name.padEnd(width)}${cells.join('  ')}`.trimEnd());

  if (isTerminal) process.stdout.write('\x1b[H\x1b[2J');
  const heading = hint && (isTerminal || before === undefined) ? ['', style('dim', hint)] : [];
  const text = isTerminal ? [...heading, '', ...rows, '', ...shown] : [...heading, '', ...shown, '', ...rows];
  console.log(text.map((line) => (line === '' ? line : `  ${line}`)).join('\n'));
}

/** An object of settings has a line for each of its members. */
function linesOf({ rows }) {
  const lines = new Map();
  for (const { flag, answers } of rows) {
    const members = new Set(answers.flatMap((answer) => (isObject(answer) ? Object.keys(answer) : [])));
    if (members.size === 0) lines.set(flag, answers.map(String));
    for (const member of members) {
      lines.set(
        `${flag}.${member}`,
        answers.map((answer) => String(answer[member] ?? '–')),
      );
    }
  }
  return lines;
}

/** `upload-limit-mb: 100 → 250 for ben, jürgen` */
function describe(line, answers, answersBefore, users) {
  const namesByStep = new Map();
  answers.forEach((answer, index) => {
    const answerBefore = answersBefore?.[index] ?? '–';
    if (answer === answerBefore) return;
    const step = `${answerBefore} → ${answer}`;
    namesByStep.set(step, [...(namesByStep.get(step) ?? []), users[index].targetingKey]);
  });
  return Array.from(namesByStep, ([step, names]) => `${line}: ${step} for ${names.join(', ')}`);
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

function pad(text) {
  return text.padEnd(12);
}

function colorOf(answer) {
  if (answer === 'true') return 'green';
  return answer === 'false' ? 'red' : 'cyan';
}
