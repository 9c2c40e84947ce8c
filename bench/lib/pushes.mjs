import { setTimeout } from 'node:timers/promises';
import { expect } from './expect.mjs';
import { defaultValue, flagKey } from './flag-sets.mjs';
import { FlagServer, now } from './flag-server.mjs';
import { Heartbeat } from './heartbeat.mjs';
import { load } from './subjects.mjs';
import { threadTimeMs } from './thread-time.mjs';

/** How long to be quiet before a push, and to look on after it: collecting the garbage is part of the cost. */
const quietMs = 30;

/** Long enough for a message to be received and applied before the next one, which would supersede it. */
const betweenMs = 400;

/** A client and its server, connected, with the first flags received; every push is awaited and checked. */
export class Pushes {
  #subject;
  #listener = () => undefined;
  #toggled = new Map();
  connection;
  server;
  /** From making the client until it had the first flags: milliseconds elapsed, and of them those of work. */
  untilReady;

  /** @param parameters `subject`, `flagCount`, and `contract` if it is not flagd.sync.v1 */
  static async open({ subject, flagCount, contract }) {
    const pushes = new Pushes();
    pushes.#subject = subject;
    const connect = await load(subject);
    pushes.server = await FlagServer.start({ flagCount, contract });
    const startedAt = performance.now();
    const threadTimeBefore = threadTimeMs();
    pushes.connection = connect(pushes.server.port, contract);
    await pushes.connection.ready;
    pushes.untilReady = { elapsedMs: performance.now() - startedAt, workMs: threadTimeMs() - threadTimeBefore };
    pushes.connection.onChange((change) => pushes.#listener(change));
    await pushes.expectDefault(0);
    await pushes.expectDefault(flagCount - 1);
    return pushes;
  }

  /** One flag changes, and the whole set is sent. @returns milliseconds from sending to visible */
  async toggle(flag) {
    await this.#prepareToggle('toggle', flag);
    return this.#sendAndSee(flag);
  }

  /** The set is replaced by one of another size. */
  async replace(flagCount) {
    const { bytes } = await this.server.do('replace', { flagCount });
    this.#toggled.clear();
    await this.#send();
    await this.expectDefault(0);
    await this.expectDefault(flagCount - 1);
    return bytes;
  }

  /** One flag changes, and is sent alone, as an UPDATE of `sync.v1`. @returns milliseconds from sending to visible */
  async update(flag) {
    await this.#prepareToggle('update', flag);
    return this.#sendAndSee(flag);
  }

  /** As `toggle()`. @returns the longest block of the event loop, in milliseconds */
  async toggleBesideHeartbeat(flag) {
    await this.#prepareToggle('toggle', flag);
    return besideHeartbeat(() => this.#sendAndSee(flag));
  }

  /** Every flag changes. @returns milliseconds from sending to visible, and those of work */
  async toggleAll(flagCount) {
    await this.server.do('toggleAll');
    for (let flag = 0; flag < flagCount; flag++) this.#countToggle(flag);
    let elapsedMs = 0;
    const workMs = await work(async () => {
      const { sentAt, seenAt } = await this.#send();
      elapsedMs = seenAt - sentAt;
    });
    await this.expectDefault(0);
    await this.expectDefault(flagCount - 1);
    return { elapsedMs, workMs };
  }

  /**
   * The same flags are sent, written otherwise, of which nobody may hear; then one of them changes and is sent in the same
   * writing, of which alone is to be heard.
   *
   * @returns milliseconds of work for both
   */
  async rewrite(how, flag) {
    await this.server.do('rewrite', { how });
    const seen = [];
    this.#listener = (change) => seen.push(change);
    return work(async () => {
      await this.server.do('send');
      await setTimeout(betweenMs);
      expect(seen.length, this.#subject === 'bare' ? 1 : 0, `how often was heard of a set that was only ${how}`);
      this.#countToggle(flag);
      await this.server.do('rewriteToggled', { how, flag });
      await this.#sendAndSee(flag);
    });
  }

  /**
   * Whole sets as fast as the connection takes them. They take turns in changing some flags; `last` changes in the last
   * one only.
   *
   * @returns milliseconds from sending the first one until the last one is visible, and those of work
   */
  async burst(count, flags, last) {
    for (const flag of [...flags, last]) this.#countToggle(flag);
    const seen = new Promise((resolve) => {
      let messages = 0;
      this.#listener = ({ flagsChanged }) => {
        messages++;
        if (flagsChanged ? flagsChanged.includes(flagKey(last)) : messages === count) resolve(now());
      };
    });
    let elapsedMs = 0;
    const workMs = await work(async () => {
      const [{ sentAt }, seenAt] = await Promise.all([this.server.do('burst', { count, flags, last }), seen]);
      elapsedMs = seenAt - sentAt;
    });
    this.#listener = () => undefined;
    for (const flag of [...flags, last]) await this.expectDefault(flag);
    return { elapsedMs, workMs };
  }

  /** @throws Error if the flag, without a context, does not answer what the server has */
  async expectDefault(flag) {
    const { ask } = this.connection;
    if (!ask) return;
    const value = defaultValue(flag, this.#toggled.get(flag) ?? 0);
    const found = await ask(flagKey(flag), otherOfItsType(value), {});
    expect(found, value, `value of ${flagKey(flag)}`);
  }

  async #prepareToggle(command, flag) {
    this.#countToggle(flag);
    return this.server.do(command, { flag });
  }

  #countToggle(flag) {
    this.#toggled.set(flag, (this.#toggled.get(flag) ?? 0) + 1);
  }

  async #sendAndSee(flag) {
    const { sentAt, change, seenAt } = await this.#send();
    if (change.flagsChanged) expect(change.flagsChanged, [flagKey(flag)], 'flags reported as changed');
    await this.expectDefault(flag);
    return seenAt - sentAt;
  }

  async #send() {
    const seen = new Promise((resolve) => {
      this.#listener = (change) => resolve({ change, seenAt: now() });
    });
    const [{ sentAt }, change] = await Promise.all([this.server.do('send'), seen]);
    this.#listener = () => undefined;
    return { sentAt, ...change };
  }
}

/** @returns the longest block of the event loop, in milliseconds */
async function besideHeartbeat(action) {
  await setTimeout(quietMs);
  const heartbeat = new Heartbeat();
  await action();
  await setTimeout(quietMs);
  heartbeat.stop();
  return heartbeat.longestMs;
}

/** @returns milliseconds that the main thread ran */
async function work(action) {
  await setTimeout(quietMs);
  const before = threadTimeMs();
  await action();
  await setTimeout(quietMs);
  return threadTimeMs() - before;
}

/** A fallback that cannot be mistaken for the flag's value. */
function otherOfItsType(value) {
  switch (typeof value) {
    case 'boolean':
      return !value;
    case 'number':
      return -1;
    case 'string':
      return 'fallback';
    default:
      return { fallback: true };
  }
}

/** The flag that the push of a number changes: all over the set, by no pattern of neighbours. */
export function someFlag(push, flagCount) {
  return (7919 * (push + 1000)) % flagCount;
}
