import { setImmediate } from 'node:timers/promises';

/**
 * What is compared, each with the same face: `load(name)` imports it and gives `connect(port, contract)`, which gives
 * `ready`, `onChange`, `ask` and `close`. Nothing of one subject is loaded into the process of another.
 */
const subjects = {
  /** This project's provider. */
  async ours() {
    const { GrpcSyncProvider } = await import('../../dist/index.js');
    return (port, contract) => {
      const provider = new GrpcSyncProvider({
        host: '127.0.0.1',
        port,
        deadlineMs: patienceMs,
        logger: strictLogger,
        ...(contract && { protocol: contract }),
      });
      return openFeature(provider, (key, fallback, context) => provider.evaluate(key, fallback, context).value);
    };
  },

  /** The peer, in its in-process mode. */
  async flagd() {
    const { FlagdProvider } = await import('@openfeature/flagd-provider');
    return (port) => {
      const options = { resolverType: 'in-process', host: '127.0.0.1', port, deadlineMs: patienceMs };
      const provider = new FlagdProvider(options, strictLogger);
      return openFeature(provider, async (key, fallback, context) => {
        const resolve = provider[`resolve${resolverOf(fallback)}Evaluation`].bind(provider);
        return (await resolve(key, fallback, context, strictLogger)).value;
      });
    };
  },

  /** A bare grpc-js client that receives the messages and throws them away. */
  async bare() {
    const { Client, credentials } = await import('@grpc/grpc-js');
    const asIs = (bytes) => bytes;
    return (port, contract = 'flagd.sync.v1') => {
      const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
        'grpc.max_receive_message_length': -1,
        // as large as the provider's: to wait for the server is not what is compared
        'grpc-node.flow_control_window': 512 * 1024,
      });
      const path = `/${contract}.FlagSyncService/SyncFlags`;
      const stream = client.makeServerStreamRequest(path, asIs, asIs, Buffer.alloc(0));
      stream.on('error', () => undefined);
      return {
        ready: new Promise((resolve) => stream.once('data', resolve)),
        onChange: (listener) => stream.on('data', (message) => listener({ bytes: message.length })),
        close: () => {
          stream.cancel();
          client.close();
        },
      };
    };
  },
};

const patienceMs = 60_000;

/** A warning would mean that something else is measured than was meant. */
const strictLogger = {
  error: refuse,
  warn: refuse,
  info: () => undefined,
  debug: () => undefined,
};

function refuse(...words) {
  throw new Error(`a provider complains: ${words.join(' ')}`);
}

function openFeature(provider, ask) {
  return {
    provider,
    ready: provider.initialize(),
    onChange: (listener) => {
      provider.events.addHandler('PROVIDER_CONFIGURATION_CHANGED', (details) => {
        listener({ flagsChanged: details?.flagsChanged ?? [] });
      });
    },
    ask,
    close: () => provider.onClose(),
  };
}

function resolverOf(value) {
  const type = typeof value;
  return type[0].toUpperCase() + type.slice(1);
}

/** @param name `ours`, `flagd` or `bare` */
export async function load(name) {
  const connect = await subjects[name]();
  // what importing leaves for later shall not be measured with what follows
  await setImmediate();
  return connect;
}
