import { status } from '@grpc/grpc-js';
import { ScriptedServer, SYNC_STATE_ADD, SYNC_STATE_DELETE, SYNC_STATE_UPDATE } from '../support/scripted-server';
import type { ScriptedStream } from '../support/scripted-server';
import { TcpProxy } from '../support/tcp-proxy';

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The flag whose value counts the states of the flag set. */
export const revisionKey = 'revision';
const keySpace = 200;
const failures = Object.values(status).filter((code) => typeof code !== 'string' && code !== status.OK) as status[];

/** A server whose flags change, behind a network that fails. It knows what every client ought to see. */
export class World {
  /** Value by flag key, as they are now. */
  readonly flags = new Map<string, string | number>();
  /** Every key that there ever was. */
  readonly keys = new Set<string>();
  readonly #random: () => number;
  readonly #proxy: TcpProxy;
  #server: ScriptedServer;
  #streams = new Set<ScriptedStream>();
  #failures = 0;

  private constructor(random: () => number, server: ScriptedServer, proxy: TcpProxy) {
    this.#random = random;
    this.#server = server;
    this.#proxy = proxy;
    this.#adopt(server);
    this.edit();
  }

  static async create(random: () => number): Promise<World> {
    const server = await ScriptedServer.start();
    return new World(random, server, await TcpProxy.start(server.port));
  }

  get port(): number {
    return this.#proxy.port;
  }

  get proxy(): TcpProxy {
    return this.#proxy;
  }

  /** The streams that are open now. */
  get streams(): readonly ScriptedStream[] {
    return [...this.#streams];
  }

  /** A whole number from 0 to `limit` - 1. */
  pick(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Any status but OK. */
  pickStatus(): status {
    return failures[this.pick(failures.length)] ?? status.UNKNOWN;
  }

  /** Changes some flags, and nobody is told. Gives the keys that changed. */
  edit(count = 1 + this.pick(8)): string[] {
    const keys = Array.from({ length: count }, () => `flag-${this.pick(keySpace)}`);
    for (const key of keys) {
      if (this.pick(4) === 0) this.flags.delete(key);
      else this.flags.set(key, `${key} in state ${this.pick(1_000_000)} — ü 日本 "\\`);
      this.keys.add(key);
    }
    this.flags.set(revisionKey, Number(this.flags.get(revisionKey) ?? 0) + 1);
    return [...new Set([...keys, revisionKey])];
  }

  /** Tells the clients everything. */
  publish(): void {
    for (const stream of this.streams) stream.sendAll(this.flagSet());
  }

  /** Changes some flags and tells the clients what changed, in the way of the contract that each speaks. */
  change(): void {
    const before = new Set(this.flags.keys());
    const keys = this.edit();
    for (const stream of this.streams) {
      if (stream.contract === 'flagd.sync.v1') {
        stream.sendAll(this.flagSet());
        continue;
      }
      const added = keys.filter((key) => this.flags.has(key) && !before.has(key));
      const updated = keys.filter((key) => this.flags.has(key) && before.has(key));
      const deleted = keys.filter((key) => !this.flags.has(key));
      if (deleted.length > 0) stream.send(SYNC_STATE_DELETE, this.flagSet(deleted));
      if (added.length > 0) stream.send(SYNC_STATE_ADD, this.flagSet(added));
      if (updated.length > 0) stream.send(SYNC_STATE_UPDATE, this.flagSet(updated));
    }
  }

  /** The next streams fail, so many of them. */
  failStreams(count: number): void {
    this.#failures = count;
  }

  async stopServer(): Promise<void> {
    this.#server.stop();
    while (this.#streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** A new server behind the proxy, which may know both contracts, or only one. */
  async startServer(): Promise<void> {
    const contracts = (['flagd.sync.v1', 'sync.v1'] as const).filter(
      (_, index) => [0, 1 - index, index][this.pick(3)] === 0,
    );
    this.#server = await ScriptedServer.start(contracts.length > 0 ? { contracts } : {});
    this.#adopt(this.#server);
    this.#proxy.redirect(this.#server.port);
  }

  /** Another server takes over, and the old one lets its streams run out. */
  async replaceServer(): Promise<void> {
    const old = this.#server;
    await this.startServer();
    await Promise.race([old.shutDown(), new Promise((resolve) => setTimeout(resolve, 2000))]);
    old.stop();
  }

  stop(): void {
    this.#proxy.stop();
    this.#server.stop();
  }

  flagSet(keys: readonly string[] = [...this.flags.keys()]): string {
    const flag = (value: string | number = '') => ({ state: 'ENABLED', variants: { v: value }, defaultVariant: 'v' });
    return JSON.stringify({ flags: Object.fromEntries(keys.map((key) => [key, flag(this.flags.get(key))])) });
  }

  #adopt(server: ScriptedServer): void {
    server.onStream = (stream) => {
      if (this.#failures > 0) {
        this.#failures -= 1;
        stream.fail(this.pickStatus());
        return;
      }
      this.#streams.add(stream);
      void stream.ended.then(() => this.#streams.delete(stream));
      stream.sendAll(this.flagSet());
    };
  }
}
