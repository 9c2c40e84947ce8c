import type { handleUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import type { FlagSet } from './flag-set';

/** One of the two generations of the sync contract: what is said, not to whom. */
export interface Contract {
  readonly name: 'flagd.sync.v1' | 'sync.v1';
  /** Its responses are bytes: encoded once, however many clients get them. */
  readonly definition: ServiceDefinition;
  /** The messages that take a client from what it has, if anything, to the other flag set; none if they are the same. */
  updates(from: FlagSet | undefined, to: FlagSet): readonly Buffer[];
  /** The answer of FetchAllFlags. */
  whole(flagSet: FlagSet): Buffer;
  /** Methods that only this contract has. */
  readonly others?: Readonly<Record<string, handleUnaryCall<unknown, Buffer>>>;
}

/** What SyncFlags and FetchAllFlags are asked with, in both contracts. */
export interface SelectingRequest {
  getProviderId(): string;
  getSelector(): string;
}

interface Message {
  serializeBinary(): Uint8Array;
}

export function encode(message: Message): Buffer {
  const bytes = message.serializeBinary();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The same service, whose handlers respond with messages that are encoded already. */
export function respondingInBytes(definition: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => [
    name,
    { ...method, responseSerialize: (bytes: Buffer) => bytes },
  ]);
  return Object.fromEntries(methods) as ServiceDefinition;
}
