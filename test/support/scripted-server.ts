import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  Metadata,
  sendUnaryData,
  ServerOptions,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import { BinaryWriter } from 'google-protobuf';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb';
import { FlagSyncServiceService as FlagdService } from '../../generated/flagd/sync/v1/sync_grpc_pb';
import * as flagd from '../../generated/flagd/sync/v1/sync_pb';
import { FlagSyncServiceService as FirstService } from '../../generated/sync/v1/sync_service_grpc_pb';
import * as first from '../../generated/sync/v1/sync_service_pb';

type ContractName = 'flagd.sync.v1' | 'sync.v1';

export interface ScriptedServerOptions {
  /** Which services there are; by default both. */
  readonly contracts?: readonly ContractName[];
  readonly credentials?: ServerCredentials;
  /** Where to listen; by default a free port of 127.0.0.1. */
  readonly address?: string;
  readonly server?: ServerOptions;
}

type Answered = Buffer | { code: status; details: string };
type Answer = (metadata: Metadata) => Answered | Promise<Answered>;

/** A flag management system that does what a test tells it to, good or bad, and remembers what it was asked. */
export class ScriptedServer {
  /** What FetchAllFlags answers; UNIMPLEMENTED by default. */
  fetchAllFlags: Answer = () => ({ code: status.UNIMPLEMENTED, details: 'not scripted' });
  /** What GetMetadata answers; UNIMPLEMENTED by default. */
  getMetadata: Answer = () => ({ code: status.UNIMPLEMENTED, details: 'not scripted' });
  /** What is done with each new stream, besides handing it to `nextStream()`. */
  onStream: (stream: ScriptedStream) => void = () => undefined;
  /** Names of the calls received, in order. */
  readonly calls: string[] = [];

  readonly #server: Server;
  readonly #arrived: ScriptedStream[] = [];
  readonly #awaited: ((stream: ScriptedStream) => void)[] = [];
  readonly #open = new Set<ScriptedStream>();
  port = 0;

  private constructor(options: ScriptedServerOptions) {
    this.#server = new Server({ 'grpc.max_send_message_length': -1, ...options.server });
    const contracts = options.contracts ?? ['flagd.sync.v1', 'sync.v1'];
    if (contracts.includes('flagd.sync.v1')) {
      this.#server.addService(raw(FlagdService), {
        syncFlags: this.#streamHandler('flagd.sync.v1'),
        fetchAllFlags: this.#unaryHandler('FetchAllFlags', (metadata) => this.fetchAllFlags(metadata)),
        getMetadata: this.#unaryHandler('GetMetadata', (metadata) => this.getMetadata(metadata)),
      });
    }
    if (contracts.includes('sync.v1')) {
      this.#server.addService(raw(FirstService), {
        syncFlags: this.#streamHandler('sync.v1'),
        fetchAllFlags: this.#unaryHandler('FetchAllFlags', (metadata) => this.fetchAllFlags(metadata)),
      });
    }
  }

  static async start(options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(options);
    scripted.port = await new Promise((resolve, reject) => {
      scripted.#server.bindAsync(
        options.address ?? '127.0.0.1:0',
        options.credentials ?? ServerCredentials.createInsecure(),
        (error, port) => (error ? reject(error) : resolve(port)),
      );
    });
    return scripted;
  }

  /** The next stream that a client opens, or has opened and nobody has asked for yet. */
  nextStream(): Promise<ScriptedStream> {
    const stream = this.#arrived.shift();
    return stream ? Promise.resolve(stream) : new Promise((resolve) => this.#awaited.push(resolve));
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.#open.size;
  }

  /** Cuts every connection, as a crash does. */
  stop(): void {
    this.#server.forceShutdown();
  }

  /** Sends GOAWAY and lets the streams end by themselves. */
  shutDown(): Promise<void> {
    return new Promise((resolve, reject) => this.#server.tryShutdown((error) => (error ? reject(error) : resolve())));
  }

  #streamHandler(contract: ContractName): UntypedHandleCall {
    return (call: ServerWritableStream<Buffer, Buffer>) => {
      this.calls.push(`SyncFlags of ${contract}`);
      const stream = new ScriptedStream(contract, call);
      this.#open.add(stream);
      void stream.ended.then(() => this.#open.delete(stream));
      this.onStream(stream);
      const resolve = this.#awaited.shift();
      if (resolve) resolve(stream);
      else this.#arrived.push(stream);
    };
  }

  #unaryHandler(name: string, answer: Answer): UntypedHandleCall {
    return (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      this.calls.push(name);
      void Promise.resolve(answer(call.metadata)).then((said) => {
        if (Buffer.isBuffer(said)) done(null, said);
        else done(said);
      });
    };
  }
}

/** One SyncFlags call, as the server sees it. */
export class ScriptedStream {
  readonly contract: ContractName;
  readonly metadata: Metadata;
  readonly request: { providerId: string; selector: string };
  /** `:authority` of the request. */
  readonly host: string;
  /** What the client showed of itself, in DER, if it was asked to. */
  readonly clientCertificate: Buffer | undefined;
  /** Resolves when the stream is over, whoever ended it. */
  readonly ended: Promise<void>;
  readonly #call: ServerWritableStream<Buffer, Buffer>;

  constructor(contract: ContractName, call: ServerWritableStream<Buffer, Buffer>) {
    this.contract = contract;
    this.metadata = call.metadata;
    const request = flagd.SyncFlagsRequest.deserializeBinary(call.request);
    this.request = { providerId: request.getProviderId(), selector: request.getSelector() };
    this.host = call.getHost();
    this.clientCertificate = call.getAuthContext().sslPeerCertificate?.raw;
    this.#call = call;
    this.ended = new Promise((resolve) => {
      call.on('cancelled', resolve);
      call.on('close', resolve);
      call.on('finish', resolve);
    });
    call.on('error', () => undefined);
  }

  /** A whole set, in the contract of the stream. */
  sendAll(flagSet: string, context?: Record<string, JavaScriptValue>): void {
    this.sendBytes(
      this.contract === 'sync.v1'
        ? syncMessage(first.SyncState.SYNC_STATE_ALL, flagSet)
        : flagdMessage(flagSet, context),
    );
  }

  /** A change, for a stream of `sync.v1`. */
  send(state: number, flagSet = ''): void {
    this.sendBytes(syncMessage(state, flagSet));
  }

  /** Anything at all. */
  sendBytes(message: Buffer): void {
    this.#call.write(message);
  }

  /** Ends with OK. */
  end(): void {
    this.#call.end();
  }

  fail(code: status, details = 'scripted'): void {
    this.#call.emit('error', { code, details });
  }
}

export const { SYNC_STATE_ALL, SYNC_STATE_ADD, SYNC_STATE_UPDATE, SYNC_STATE_DELETE, SYNC_STATE_PING } =
  first.SyncState;

export function flagdMessage(flagSet: string, context?: Record<string, JavaScriptValue>): Buffer {
  const message = new flagd.SyncFlagsResponse().setFlagConfiguration(flagSet);
  if (context) message.setSyncContext(Struct.fromJavaScript(context));
  return Buffer.from(message.serializeBinary());
}

/** Written field by field, because the generated class has no numbers that are no state. */
export function syncMessage(state: number, flagSet = ''): Buffer {
  const writer = new BinaryWriter();
  if (flagSet) writer.writeString(1, flagSet);
  if (state) writer.writeEnum(2, state);
  return Buffer.from(writer.getResultBuffer());
}

export function fetchedFlags(flagSet: string): Buffer {
  return Buffer.from(new flagd.FetchAllFlagsResponse().setFlagConfiguration(flagSet).serializeBinary());
}

export function metadataAnswer(context: Record<string, JavaScriptValue>): Buffer {
  const message = new flagd.GetMetadataResponse();
  message.setMetadata(Struct.fromJavaScript(context));
  return Buffer.from(message.serializeBinary());
}

interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** The same service, with bytes instead of messages. */
function raw(service: object) {
  const asIs = (bytes: Buffer) => bytes;
  const methods = Object.entries(service as Record<string, Method>).map(([name, method]) => [
    name,
    {
      path: method.path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  ]);
  return Object.fromEntries(methods) as Record<
    string,
    Method & Record<`${'request' | 'response'}${'Serialize' | 'Deserialize'}`, typeof asIs>
  >;
}
