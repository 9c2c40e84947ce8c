import type { Logger } from '@openfeature/server-sdk';

/** Remembers what is logged, and lets a test wait for a line. */
export class MemoryLogger implements Logger {
  readonly lines: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly error = (message: unknown) => this.#add('error', message);
  readonly warn = (message: unknown) => this.#add('warn', message);
  readonly info = (message: unknown) => this.#add('info', message);
  readonly debug = (message: unknown) => this.#add('debug', message);

  /** The lines of a level, without it. */
  at(level: 'error' | 'warn' | 'info' | 'debug'): string[] {
    const prefix = `${level} `;
    return this.lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length));
  }

  /** Resolves with the first line that matches, which may be there already. */
  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((wake) => this.#waiting.add(wake));
    }
  }

  #add(level: string, message: unknown): void {
    this.lines.push(`${level} ${String(message)}`);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
