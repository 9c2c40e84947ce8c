import type { Logger } from '@openfeature/server-sdk';
import { FileWatcher } from './file-watcher';
import { at, type FlagFileError } from './flag-file-error';
import type { FlagSet } from './flag-set';
import { readFlagFile, type FlagFileContent } from './read-flag-file';

/** Of so many problems each is told; of more, how many. */
const mostProblems = 20;

/** A flag file and what becomes of it. Opened once. */
export class FlagFile {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #onFlagSet: (flagSet: FlagSet) => void;
  readonly #watcher: FileWatcher;
  #isOpen = true;
  #refusal: string | undefined;
  #problems: ReadonlySet<string> = new Set();

  /** @param onFlagSet is told what the file holds after each change; not of a file that cannot be served */
  constructor(path: string, logger: Logger, onFlagSet: (flagSet: FlagSet) => void) {
    this.#path = path;
    this.#logger = logger;
    this.#onFlagSet = onFlagSet;
    this.#watcher = new FileWatcher(path, () => this.#reread());
  }

  /**
   * Reads the file, and again after every change.
   *
   * @throws {FlagFileError} if it cannot be served as it is now
   */
  async open(): Promise<FlagSet> {
    const content = await this.#watcher.open(() => readFlagFile(this.#path));
    this.#tellProblems(content);
    return content.flagSet;
  }

  /** Nothing is told any more. Resolves once the file is let go. */
  close(): Promise<void> {
    this.#isOpen = false;
    return this.#watcher.close();
  }

  async #reread(): Promise<void> {
    const content = await readFlagFile(this.#path).catch((error: unknown) => error as FlagFileError);
    if (!this.#isOpen) return;
    if (content instanceof Error) {
      if (content.message !== this.#refusal) this.#logger.error(`${content.message}. The flags from before stay.`);
      this.#refusal = content.message;
      return;
    }
    if (this.#refusal !== undefined) this.#logger.info(`${at(this.#path)} is good again.`);
    this.#refusal = undefined;
    this.#tellProblems(content);
    this.#onFlagSet(content.flagSet);
  }

  /** Only those that were not there before. */
  #tellProblems(content: FlagFileContent): void {
    const { problems } = content;
    const known = this.#problems;
    this.#problems = new Set(problems.map(({ pointer, message }) => `${pointer} ${message}`));
    const fresh = problems.filter(({ pointer, message }) => !known.has(`${pointer} ${message}`));
    for (const problem of fresh.slice(0, mostProblems)) {
      this.#logger.warn(`${at(this.#path, content.locate(problem))} ${problem.pointer} ${problem.message}`);
    }
    if (fresh.length > mostProblems) {
      this.#logger.warn(`${at(this.#path)} ${fresh.length - mostProblems} more problems like these`);
    }
  }
}
