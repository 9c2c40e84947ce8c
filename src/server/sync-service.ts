import {
  status,
  type handleUnaryCall,
  type handleServerStreamingCall,
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import type { Logger } from '@openfeature/server-sdk';
import type { Contract, SelectingRequest } from './contract';
import type { FlagStore } from './flag-store';
import { parseSelector, SelectorError, type Selector } from './selector';
import { Subscription } from './subscription';

/** Answers clients, of whichever contract, from the store. */
export class SyncService {
  readonly #store: FlagStore;
  readonly #contracts: readonly Contract[];
  readonly #logger: Logger;
  readonly #subscriptions = new Set<Subscription>();
  #subscribed = 0;

  constructor(store: FlagStore, contracts: readonly Contract[], logger: Logger) {
    this.#store = store;
    this.#contracts = contracts;
    this.#logger = logger;
  }

  /** Offers the contracts on a server. */
  offer(server: Server): void {
    for (const contract of this.#contracts) {
      server.addService(contract.definition, {
        syncFlags: this.#syncFlags(contract),
        fetchAllFlags: this.#fetchAllFlags(contract),
        ...contract.others,
      });
    }
  }

  /** Sends every client what has changed for it. */
  push(): void {
    for (const subscription of this.#subscriptions) subscription.update();
  }

  /** Ends all streams. */
  endAll(): void {
    for (const subscription of this.#subscriptions) subscription.end();
  }

  #syncFlags(contract: Contract): handleServerStreamingCall<SelectingRequest, Buffer> {
    return (call) => {
      const selector = selectorOf(call);
      if (selector instanceof SelectorError) {
        call.emit('error', { code: status.INVALID_ARGUMENT, details: selector.message });
        return;
      }
      const client = `Client ${++this.#subscribed}`;
      const subscription = new Subscription(
        call,
        contract,
        () => this.#store.select(selector),
        (bytes) => this.#logger.debug(`${client}: ${bytes} bytes pushed`),
      );
      this.#subscriptions.add(subscription);
      this.#logger.info(`${client} subscribed: ${describe(call, contract, selector)}`);
      this.#warnOfNothing(client, selector);
      call.once('cancelled', () => {
        this.#subscriptions.delete(subscription);
        subscription.onEnded();
        this.#logger.info(`${client} has gone`);
      });
      subscription.update();
    };
  }

  /** Most likely a misspelt selector: the client sees no error, for flags that match may come. */
  #warnOfNothing(client: string, selector: Selector): void {
    if (Object.keys(selector).length === 0 || this.#store.select(selector).flags.size > 0) return;
    const sources = this.#store.sources.map((source) => JSON.stringify(source)).join(', ');
    this.#logger.warn(`${client} gets no flags: none matches its selector. The sources are ${sources || 'none'}.`);
  }

  #fetchAllFlags(contract: Contract): handleUnaryCall<SelectingRequest, Buffer> {
    return (call, respond) => {
      const selector = selectorOf(call);
      if (selector instanceof SelectorError) {
        respond({ code: status.INVALID_ARGUMENT, details: selector.message });
      } else {
        respond(null, contract.whole(this.#store.select(selector)));
      }
    };
  }
}

type Call = ServerUnaryCall<SelectingRequest, Buffer> | ServerWritableStream<SelectingRequest, Buffer>;

/** The header goes before the request, whose field for it is deprecated. */
function selectorOf({ metadata, request }: Call): Selector | SelectorError {
  const [header] = metadata.get('flagd-selector');
  try {
    return parseSelector(String(header ?? '').trim() || request.getSelector().trim());
  } catch (error) {
    if (error instanceof SelectorError) return error;
    throw error;
  }
}

function describe(call: Call, contract: Contract, selector: Selector): string {
  const providerId = call.request.getProviderId();
  const facts = [
    `at ${call.getPeer()}`,
    contract.name,
    ...(providerId === '' ? [] : [`provider id ${JSON.stringify(providerId.slice(0, 100))}`]),
    ...Object.entries(selector).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
  ];
  return facts.join(', ');
}
