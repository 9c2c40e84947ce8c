import type { World } from './soak-world';

/** What is done to the connection in one round. The server's flags change in the middle of it. */
export type Fault = (world: World) => Promise<void> | void;

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));

/** The largest message that the provider in the soak takes. */
export const maxMessageBytes = 1_000_000;

export const faults: Readonly<Record<string, Fault>> = {
  'nothing but changes': async (world) => {
    for (let times = world.pick(20); times >= 0; times--) {
      world.change();
      await pause(world.pick(4));
    }
  },
  'server restarts': async (world) => {
    await world.stopServer();
    world.edit();
    await pause(world.pick(1500));
    await world.startServer();
  },
  'server is replaced, and drains its streams': async (world) => {
    world.edit();
    await world.replaceServer();
  },
  'streams end with OK': (world) => {
    world.edit();
    for (const stream of world.streams) stream.end();
  },
  'streams fail with any status': (world) => {
    world.edit();
    for (const stream of world.streams) stream.fail(world.pickStatus());
  },
  'every stream fails for a while': (world) => {
    world.edit();
    world.failStreams(1 + world.pick(5));
    for (const stream of world.streams) stream.fail(world.pickStatus());
  },
  'connections are reset': (world) => {
    world.edit();
    world.proxy.cut();
  },
  'connections are refused for a while': async (world) => {
    world.edit();
    world.proxy.refuse();
    await pause(world.pick(1000));
    world.proxy.allow();
  },
  'network stalls and goes on': async (world) => {
    world.proxy.freeze();
    world.change();
    await pause(world.pick(300));
    world.proxy.thaw();
  },
  'network stalls for good: half-open': async (world) => {
    world.proxy.freeze();
    world.change();
    await pause(1500 + world.pick(1000));
    world.proxy.cut();
    world.proxy.thaw();
  },
  'connection is reset within a message': (world) => {
    world.proxy.cutAfter(1 + world.pick(5000));
    world.edit();
    world.publish();
    world.publish();
  },
  'message is malformed JSON': async (world) => {
    const text = world.flagSet();
    for (const stream of world.streams) stream.sendAll(text.slice(0, world.pick(text.length)));
    await pause(world.pick(20));
    world.edit();
    world.publish();
  },
  'message is no protobuf': async (world) => {
    const noise = Buffer.from(Array.from({ length: 1 + world.pick(200) }, () => world.pick(256)));
    for (const stream of world.streams) stream.sendBytes(Buffer.concat([Buffer.from([0xff, 0xff]), noise]));
    await pause(world.pick(20));
    world.edit();
    world.publish();
  },
  'message is too large': (world) => {
    world.edit();
    for (const stream of world.streams) stream.sendAll('x'.repeat(maxMessageBytes + 1));
  },
  'flood of whole sets': async (world) => {
    for (let times = 200 + world.pick(800); times > 0; times--) {
      world.edit(1);
      world.publish();
    }
    await pause(0);
  },
  'flood of changes': async (world) => {
    for (let times = 200 + world.pick(800); times > 0; times--) world.change();
    await pause(0);
  },
};
