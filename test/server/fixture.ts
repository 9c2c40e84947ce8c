import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { SyncServer, type FlagDefinition, type SyncServerOptions } from '../../src/server';
import { MemoryLogger } from './memory-logger';
import { TestClient, type ContractName } from './test-client';

/** What a test makes, and what is taken down after it. */
export class Fixture {
  readonly logger = new MemoryLogger();
  #folder: string | undefined;
  readonly #servers: SyncServer[] = [];
  readonly #clients: TestClient[] = [];

  /** A fixture for each test of the suite. */
  static perTest(): () => Fixture {
    let fixture: Fixture;
    beforeEach(() => void (fixture = new Fixture()));
    afterEach(() => fixture.#close());
    return () => fixture;
  }

  get folder(): string {
    return (this.#folder ??= mkdtempSync(join(tmpdir(), 'sync-server-')));
  }

  /** Writes a file into the test's folder. */
  write(name: string, content: string | Uint8Array | object): string {
    const path = join(this.folder, name);
    writeFileSync(
      path,
      typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content),
    );
    return path;
  }

  create(options: SyncServerOptions = {}): SyncServer {
    const server = new SyncServer({ port: 0, logger: this.logger, ...options });
    this.#servers.push(server);
    return server;
  }

  async start(options: SyncServerOptions = {}): Promise<SyncServer> {
    const server = this.create(options);
    await server.start();
    return server;
  }

  connect(server: SyncServer, contract: ContractName, channel?: ChannelCredentials): TestClient {
    const client = new TestClient(server.target, contract, channel);
    this.#clients.push(client);
    return client;
  }

  async #close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await Promise.all(this.#servers.map((server) => server.stop()));
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A flag of the variants on and off. */
export function flag(defaultVariant: 'on' | 'off' = 'on', more: Partial<FlagDefinition> = {}): FlagDefinition {
  return { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant, ...more };
}
