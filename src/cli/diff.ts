import { existsSync } from 'node:fs';
import type { EvaluationContext } from '@openfeature/server-sdk';
import type { GrpcSyncOptions } from '../config/options';
import type { FlagSnapshot } from '../flags/snapshot';
import { type Snapshot } from '../flags/snapshot';
import { exitCode, jsonFlag, type Command } from './command';
import { readContexts } from './context';
import { answersOf, type Answer } from './eval';
import { UsageError } from './failure';
import { compareFlags, describeChange } from './flag-changes';
import { fetchFlags, readFlags } from './load-flags';
import { providerOptions } from './provider-flags';
import { printable, type Terminal } from './terminal';

/** So many contexts of a flag are named; of more, how many. */
const mostContexts = 10;

export const diff: Command = {
  name: 'diff',
  operands: 'A B [options]',
  mostOperands: 2,
  operandValues: ['server'],
  hasFileOperands: true,
  summary: 'Show what changes between two flag files, or a file and a server',
  about: `Shows what changes from A to B, flag by flag and member by member, and, with --contexts, which of these contexts
would get another variant. A and B are each
  FILE                a flag file, in JSON or YAML
  grpc://HOST:PORT    a server (grpcs:// with TLS); else as the provider's options say
  server              the server of the provider's options and variables

References to named rules are replaced by what they stand for, so that a change of a named rule is seen where it
acts. With --json: {"changes": […], "contexts": […]}.`,
  flags: [
    { name: 'contexts', value: 'FILE', help: 'Evaluation contexts: a JSON array, or one object a line' },
    jsonFlag,
  ],
  connects: true,
  codes: 'Exit codes: 0 nothing changes; 1 something does; 2 the two cannot be compared.',
  codeOfFailure: exitCode.usage,

  async run(args, terminal) {
    const [left, right] = args.operands;
    if (left === undefined || right === undefined) throw new UsageError('expected two, A and B, to compare');
    const contextFile = args.value('contexts');
    const contexts = contextFile === undefined ? [] : readContexts(contextFile);
    const options = providerOptions(args);
    const before = await load(left, options, terminal);
    const after = await load(right, options, terminal);
    const keys = new Set([...before.values(), ...after.values()].map(({ key }) => key));
    const changes = compareFlags(before, after, keys);
    const moves = movesOf(before, after, contexts);
    if (args.has('json')) {
      terminal.json({ changes, ...(contextFile !== undefined && { contexts: moves }) });
    } else {
      for (const change of changes) for (const line of describeChange(change, terminal)) terminal.print(line);
      if (contextFile !== undefined) showMoves(moves, contexts.length, terminal);
    }
    return changes.length + moves.length > 0 ? exitCode.findings : exitCode.ok;
  },
};

function load(side: string, options: GrpcSyncOptions, terminal: Terminal): Promise<FlagSnapshot> {
  if (side === 'server') return fetchFlags(options, terminal);
  const [, scheme, place] = /^(grpcs?):\/\/(.*)$/.exec(side) ?? [];
  if (scheme === undefined || place === undefined) {
    const isServer = /^(\w+:\/\/|[\w.-]+:\d+$)/.test(side) && !existsSync(side);
    if (isServer)
      throw new UsageError(`${JSON.stringify(side)} is no file; a server is grpc://HOST:PORT or grpcs://HOST:PORT`);
    return readFlags(side, terminal);
  }
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(place) ?? [];
  if (host === '') throw new UsageError(`${JSON.stringify(side)} cannot be used; expected ${scheme}://HOST:PORT`);
  const tls = scheme === 'grpcs' ? true : options.tls;
  return fetchFlags({ ...options, host: host.replace(/^\[|\]$/g, ''), port: Number(port), tls }, terminal);
}

/** A context that gets something else from a flag. */
interface Move {
  readonly flagKey: string;
  readonly context: EvaluationContext;
  readonly before: string;
  readonly after: string;
}

function movesOf(before: Snapshot, after: Snapshot, contexts: readonly EvaluationContext[]): readonly Move[] {
  return contexts.flatMap((context) => {
    const [from, to] = [outcomesOf(before, context), outcomesOf(after, context)];
    return [...new Set([...from.keys(), ...to.keys()])].flatMap((flagKey) => {
      const move = {
        flagKey,
        context,
        before: from.get(flagKey) ?? '(no flag)',
        after: to.get(flagKey) ?? '(no flag)',
      };
      return move.before === move.after ? [] : [move];
    });
  });
}

function outcomesOf(snapshot: Snapshot, context: EvaluationContext): ReadonlyMap<string, string> {
  return new Map(answersOf(snapshot, context).map((answer) => [answer.flagKey, outcomeOf(answer)]));
}

/** The variant, or why there is none. */
function outcomeOf({ variant, errorCode, reason = '' }: Answer): string {
  return variant ?? `(${errorCode ?? reason})`;
}

function showMoves(moves: readonly Move[], total: number, terminal: Terminal): void {
  const moved = new Set(moves.map(({ context }) => context)).size;
  terminal.print(terminal.bold(`Contexts that get another variant: ${moved} of ${total}`));
  for (const flagKey of new Set(moves.map((move) => move.flagKey))) {
    const ofFlag = moves.filter((move) => move.flagKey === flagKey);
    terminal.print(`  ${printable(flagKey)}: ${ofFlag.length}`);
    for (const { context, before, after } of ofFlag.slice(0, mostContexts)) {
      terminal.print(`    ${printable(`${JSON.stringify(context)}: ${before} → ${after}`)}`);
    }
    if (ofFlag.length > mostContexts) terminal.print(`    … and ${ofFlag.length - mostContexts} more`);
  }
}
