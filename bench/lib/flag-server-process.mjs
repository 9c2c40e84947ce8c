/**
 * The flag server, in a process of its own so that only the client is measured. A client that began to listen hears
 * the whole set; every other message is made ready by one command and sent by the next.
 */
import process from 'node:process';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { FlagSet } from './flag-sets.mjs';
import { flagdMessage, syncMessage, syncState } from './messages.mjs';

const asIs = (bytes) => bytes;
const streams = new Set();
let flagSet;
let greeting;
let isSyncV1 = false;
let ready;

const commands = {
  /** What a new stream hears: realistic flags, or the text of a flag set. */
  serve: ({ flagCount = 0, text, contract }) => {
    flagSet = new FlagSet(flagCount);
    isSyncV1 = contract === 'sync.v1';
    greeting = whole(text ?? flagSet.text());
    return { bytes: greeting.length };
  },
  /** Another set, for the streams there are. */
  replace: ({ flagCount }) => {
    flagSet = new FlagSet(flagCount);
    return prepare(whole(flagSet.text()));
  },
  toggle: ({ flag }) => {
    flagSet.toggle(flag);
    return prepare(whole(flagSet.text()));
  },
  toggleAll: () => {
    for (let flag = 0; flag < flagSet.size; flag++) flagSet.toggle(flag);
    return prepare(whole(flagSet.text()));
  },
  update: ({ flag }) => {
    flagSet.toggle(flag);
    return prepare(syncMessage(syncState.update, flagSet.textOf(flag)));
  },
  rewrite: ({ how }) => prepare(whole(flagSet.rewritten(how))),
  rewriteToggled: ({ how, flag }) => {
    flagSet.toggle(flag);
    return prepare(whole(flagSet.rewritten(how)));
  },
  send: async () => {
    const sentAt = now();
    await write(ready);
    return { sentAt };
  },
  /** Each message differs in one flag from the one before it; the last one differs from all before. */
  burst: async ({ count, flags, last }) => {
    const messages = flags.map((flag) => {
      flagSet.toggle(flag);
      return whole(flagSet.text());
    });
    flagSet.toggle(last);
    const final = whole(flagSet.text());
    const sentAt = now();
    for (let i = 0; i < count - 1; i++) await write(messages[i % messages.length]);
    await write(final);
    return { sentAt };
  },
};

function whole(text) {
  return isSyncV1 ? syncMessage(syncState.all, text) : flagdMessage(text);
}

function prepare(message) {
  ready = message;
  return { bytes: message.length };
}

/** Resolves when the streams can take more. */
async function write(message) {
  for (const stream of streams) {
    if (!stream.write(message)) await new Promise((resolve) => stream.once('drain', resolve));
  }
}

/** Milliseconds on the clock that all processes of a machine share. */
function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

function service(path) {
  const syncFlags = {
    path: `/${path}/SyncFlags`,
    requestStream: false,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  return { syncFlags };
}

function onStream(stream) {
  streams.add(stream);
  for (const end of ['cancelled', 'close', 'error']) stream.on(end, () => streams.delete(stream));
  stream.write(greeting);
}

const server = new Server({ 'grpc.max_send_message_length': -1 });
server.addService(service('flagd.sync.v1.FlagSyncService'), { syncFlags: onStream });
server.addService(service('sync.v1.FlagSyncService'), { syncFlags: onStream });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.send({ port });
});

process.on('message', async ({ id, name, ...parameters }) => {
  process.send({ id, reply: await commands[name](parameters) });
});
process.on('disconnect', () => process.exit());
