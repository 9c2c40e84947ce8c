/** The wait for the first flags: a promise with a deadline, settled once. */
export class Initialization {
  readonly done: Promise<void>;
  #settle: ((error?: Error) => void) | undefined;
  #reason = 'the server has not answered';

  /** @param deadlineMs longest wait in milliseconds */
  constructor(deadlineMs: number) {
    this.done = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(new Error(`No flags within ${deadlineMs} ms: ${this.#reason}. Attempts go on.`));
      }, deadlineMs);
      this.#settle = (error) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
    });
  }

  get isPending(): boolean {
    return this.#settle !== undefined;
  }

  /** Why there are no flags so far, for the error that the deadline may raise. */
  note(reason: string): void {
    this.#reason = reason.replace(/\.$/, '');
  }

  succeed(): void {
    this.#settle?.();
    this.#settle = undefined;
  }

  fail(error: Error): void {
    this.#settle?.(error);
    this.#settle = undefined;
  }
}
