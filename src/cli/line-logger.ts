import type { Logger } from '@openfeature/server-sdk';
import { printable, type Terminal } from './terminal';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

/** A logger that hands over one message at a time. */
export function loggerTo(write: (level: LogLevel, message: string) => void): Logger {
  const at =
    (level: LogLevel) =>
    (...args: unknown[]) =>
      write(level, args.map(String).join(' '));
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** The time of day, as logs show it. */
export function clock(date: Date): string {
  const part = (value: number, digits = 2) => String(value).padStart(digits, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => part(value)).join(':');
  return `${time}.${part(date.getMilliseconds(), 3)}`;
}

/** A line of a log for people. */
export function logLine(level: LogLevel, message: string, terminal: Terminal): string {
  const text = message.split('\n').map(printable).join('\n');
  const colored = level === 'error' ? terminal.red(text) : level === 'warn' ? terminal.yellow(text) : text;
  const label = level === 'error' || level === 'warn' ? `${level}: ` : '';
  return `${terminal.dim(clock(new Date()))} ${label}${colored}`;
}
