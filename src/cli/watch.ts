import diagnosticsChannel from 'node:diagnostics_channel';
import { OpenFeatureEventEmitter } from '@openfeature/server-sdk';
import { seconds } from '../config/option-types';
import { resolveOptions } from '../config/resolve-options';
import { FlagSnapshot } from '../flags/snapshot';
import type { RefusedMessage, SnapshotMessage, StatusMessage } from '../telemetry';
import { exitCode, jsonFlag, type Command } from './command';
import { compareFlags, describeChange, type FlagChange } from './flag-changes';
import { inTermsOfFlags } from './flag-terms';
import { clock, loggerTo, logLine, type LogLevel } from './line-logger';
import { fromText, providerOptions } from './provider-flags';
import { printable, type Terminal } from './terminal';
import { untilInterrupted } from './until-interrupted';

export const watch: Command = {
  name: 'watch',
  operands: '[options]',
  mostOperands: 0,
  summary: 'Connect, and show what happens: states, pushes, and the flags that change',
  about: `Connects as a provider does and shows what happens, as it happens: every change of the state, every push with its
size and the time that it took to apply, and the flags that changed with before and after. Ctrl+C ends it.

With --json, one object a line, whose "event" is "status", "push", "refused" or "log".`,
  flags: [
    { name: 'once', help: 'End after the first push' },
    {
      name: 'timeout',
      value: 'SECONDS',
      help: 'End after so many seconds; exit code 1 if no flags have arrived by then',
    },
    jsonFlag,
  ],
  connects: true,

  async run(args, terminal) {
    const timeout = fromText('timeout', { type: seconds }, args.value('timeout'));
    const display = args.has('json') ? new JsonDisplay(terminal) : new TextDisplay(terminal);
    const inFlags = (text: string) => inTermsOfFlags(text, watch);
    const logger = loggerTo((level, message) => {
      if (level !== 'debug') display.log(level, inFlags(message));
    });
    const options = resolveOptions({ ...providerOptions(args), logger });
    const { Session } = await import('../session.js'); // as in serve.ts
    const interrupted = untilInterrupted();
    const timer = timeout === undefined ? undefined : setTimeout(() => interrupted.cancel(), timeout * 1000);

    const seen = { snapshot: FlagSnapshot.empty, pushes: 0, isFatal: false };
    const unsubscribe = [
      on('snapshot', (message: SnapshotMessage) => {
        const before = seen.snapshot;
        seen.snapshot = session.snapshot ?? FlagSnapshot.empty;
        const changes = compareFlags(before, seen.snapshot, message.flagsChanged);
        display.push(message, changes, seen.pushes++ === 0);
        if (args.has('once')) interrupted.cancel();
      }),
      on('status', (message: StatusMessage) => {
        display.status({ ...message, reason: inFlags(message.reason) });
        seen.isFatal ||= message.status === 'FATAL';
        if (seen.isFatal) interrupted.cancel();
      }),
      on('refused', ({ reason }: RefusedMessage) => display.refused({ reason: inFlags(reason) })),
    ];
    const session = new Session(options, new OpenFeatureEventEmitter());
    // what keeps the flags from arriving is shown by then
    session.initialized.catch(() => undefined);
    try {
      await interrupted.done;
      if (args.has('once')) session.finishInspection(); // it shows all that is wrong with what it was sent
    } finally {
      unsubscribe.forEach((end) => end());
      session.close();
      clearTimeout(timer);
    }
    const isInVain = seen.pushes === 0 && (args.has('once') || timeout !== undefined);
    return seen.isFatal || isInVain ? exitCode.failed : exitCode.ok;
  },
};

function on(name: string, listener: (message: never) => void): () => void {
  const channel = `openfeature-grpc-sync-provider:${name}`;
  const subscriber = (message: unknown) => listener(message as never);
  diagnosticsChannel.subscribe(channel, subscriber);
  return () => void diagnosticsChannel.unsubscribe(channel, subscriber);
}

interface Display {
  log(level: LogLevel, message: string): void;
  status(message: StatusMessage): void;
  push(message: SnapshotMessage, changes: readonly FlagChange[], isFirst: boolean): void;
  refused(message: RefusedMessage): void;
}

class JsonDisplay implements Display {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  log(level: LogLevel, message: string): void {
    this.#write('log', { level, message });
  }

  status({ status, reason }: StatusMessage): void {
    this.#write('status', { status, reason });
  }

  push(message: SnapshotMessage, changes: readonly FlagChange[]): void {
    this.#write('push', { ...message, changes });
  }

  refused({ reason }: RefusedMessage): void {
    this.#write('refused', { reason });
  }

  #write(event: string, content: object): void {
    this.#terminal.jsonLine({ at: new Date().toISOString(), event, ...content });
  }
}

class TextDisplay implements Display {
  readonly #terminal: Terminal;
  #lastLog = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  log(level: LogLevel, message: string): void {
    this.#lastLog = message;
    this.#terminal.print(logLine(level, message, this.#terminal));
  }

  status({ status, reason }: StatusMessage): void {
    const color = { NOT_READY: String, READY: this.#terminal.green, STALE: this.#terminal.yellow };
    const shown = (status in color ? color[status as keyof typeof color] : this.#terminal.red)(status);
    const isKnown = reason === '' || this.#lastLog.includes(reason);
    this.#write(`${this.#terminal.bold(shown)}${isKnown ? '' : `: ${printable(reason)}`}`);
  }

  push(message: SnapshotMessage, changes: readonly FlagChange[], isFirst: boolean): void {
    const { type, bytes, durationMs, flagCount, flagsChanged } = message;
    const changed = isFirst ? '' : `, ${flagsChanged.length} changed`;
    this.#write(
      `${type}: ${sizeOf(bytes)}, applied in ${durationMs.toFixed(1)} ms; ${count(flagCount, 'flag')}${changed}`,
    );
    if (isFirst) return;
    for (const change of changes) {
      for (const line of describeChange(change, this.#terminal)) this.#terminal.print(`  ${line}`);
    }
  }

  refused(): void {
    // the log says it
  }

  #write(line: string): void {
    this.#terminal.print(`${this.#terminal.dim(clock(new Date()))} ${line}`);
  }
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
