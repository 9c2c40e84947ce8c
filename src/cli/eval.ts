import type { EvaluationContext, JsonValue, ResolutionDetails } from '@openfeature/server-sdk';
import { evaluateAll } from '../evaluation/evaluate-all';
import { explain } from '../evaluation/explain';
import { formatExplanation } from '../evaluation/format-explanation';
import { resolveFlag, resolveNothing } from '../evaluation/resolve';
import type { Snapshot } from '../flags/snapshot';
import { exitCode, jsonFlag, type Command } from './command';
import { parseContext } from './context';
import { fetchFlags, readFlags } from './load-flags';
import { providerOptions } from './provider-flags';
import { printable, type Terminal } from './terminal';

export const evaluate: Command = {
  name: 'eval',
  operands: '[KEY] [options]',
  mostOperands: 1,
  summary: 'Evaluate one flag or all, for a context',
  about: `Evaluates one flag, or all of them, as an application with this context would, and shows the answers as a table.
The flags come from a server, as the provider's options and variables say, or from a file. Where the answer is
the caller's default, the value is empty (JSON: null). Waits 5 seconds for the flags if no deadline is set.

With --json: the resolution details of KEY, or a list of those of all flags; with --explain, the explanations.`,
  flags: [
    {
      name: 'context',
      short: 'c',
      value: 'JSON|@FILE',
      help: 'The evaluation context: JSON, or a file that holds it (@- is the input)',
    },
    {
      name: 'file',
      short: 'f',
      value: 'FILE',
      help: 'Take the flags from this file, in JSON or YAML, not from a server',
    },
    { name: 'explain', short: 'x', help: 'Show how each answer comes about, step by step of the rule' },
    jsonFlag,
  ],
  connects: true,
  codes: `Exit codes: 0 each flag has an answer; 1 the answer of one is an error, or there are no flags; 2 the command line or
the configuration cannot be used.`,

  async run(args, terminal) {
    const [key] = args.operands;
    const context = parseContext(args.value('context') ?? '{}');
    const file = args.value('file');
    const options = providerOptions(args);
    const snapshot = file === undefined ? await fetchFlags(options, terminal) : await readFlags(file, terminal);
    const answers = key === undefined ? answersOf(snapshot, context) : [answerOf(snapshot, key, context)];
    if (answers.length === 0) terminal.note('There are no flags.');
    const explanations = args.has('explain')
      ? answers.map(({ flagKey }) => explain(snapshot, flagKey, context))
      : undefined;
    if (args.has('json')) {
      const results = explanations ?? answers;
      terminal.json(key === undefined ? results : results[0]);
    } else if (explanations) {
      const { hasColors: colors } = terminal;
      for (const explanation of explanations) terminal.print(formatExplanation(explanation, { colors }));
    } else {
      show(answers, terminal);
    }
    return answers.some(({ errorCode }) => errorCode !== undefined) ? exitCode.findings : exitCode.ok;
  },
};

export type Answer = { readonly flagKey: string } & ResolutionDetails<JsonValue>;

/** The answers of all flags, in the order of their keys; null stands for the caller's default. */
export function answersOf(snapshot: Snapshot, context: EvaluationContext): readonly Answer[] {
  const answers: readonly Answer[] = Object.values(evaluateAll(snapshot, context, ignore));
  return [...answers].sort((one, other) => (one.flagKey < other.flagKey ? -1 : 1));
}

function answerOf(snapshot: Snapshot, flagKey: string, context: EvaluationContext): Answer {
  const flag = snapshot.get(flagKey);
  const details = flag
    ? resolveFlag(flag, null, context, snapshot.syncContext, ignore)
    : resolveNothing(snapshot, flagKey, null);
  return { flagKey, ...details };
}

function ignore(): void {
  // what operators remark is for the explanation
}

function show(answers: readonly Answer[], terminal: Terminal): void {
  const rows = answers.map(({ flagKey, value, variant, reason = '', errorCode }) => [
    flagKey,
    variant === undefined ? '' : JSON.stringify(value),
    variant ?? '',
    errorCode === undefined ? reason : `${reason} ${errorCode}`,
  ]);
  terminal.table([['FLAG', 'VALUE', 'VARIANT', 'REASON'], ...rows.map((row) => row.map(printable))]);
  for (const { flagKey, errorMessage } of answers) {
    if (errorMessage !== undefined) terminal.note(printable(`${flagKey}: ${errorMessage}`));
  }
}
