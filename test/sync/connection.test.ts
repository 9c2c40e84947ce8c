import { expect } from 'chai';
import type { GrpcSyncOptions } from '../../src/config/options';
import type { SyncEvent } from '../../src/flags/sync-event';
import { Connection } from '../../src/sync/connection';
import { contract } from '../../src/sync/contract';
import type { ContractName } from '../../src/sync/contract';
import type { Stream, StreamListener } from '../../src/sync/stream';
import type { StreamPlan } from '../../src/sync/subscription';
import { SyncError } from '../../src/sync/sync-error';
import { silent, testOptions } from '../support/options';
import { Recorder } from '../support/recorder';

/** A stream that does what the test says, in any order. */
class ScriptedStream implements Stream {
  contract = contract('flagd.sync.v1');
  connected = true;
  peer = '127.0.0.1:8015';
  isOpen = false;
  isCancelled = false;

  constructor(
    readonly plan: StreamPlan,
    readonly listener: StreamListener,
  ) {}

  open() {
    this.isOpen = true;
  }

  cancel() {
    this.isCancelled = true;
  }

  says(event: SyncEvent = all('{}')) {
    this.listener.onEvent(this, event);
  }

  ends({ connected = true, code = 'UNAVAILABLE', message = 'gone' } = {}) {
    this.connected = connected;
    this.listener.onEnd(this, new SyncError(message, code));
  }
}

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** The most that chance gives. */
const almostOne = 0.999999;

const all = (flagSet: string): SyncEvent => ({ type: 'ALL', flagSet: Buffer.from(flagSet) });

describe('Connection', () => {
  let streams: ScriptedStream[];
  let timers: Set<Timer>;
  let now: number;
  let recorder: Recorder;
  let connection: Connection;

  function setUp(options: GrpcSyncOptions = {}, random = 0.5) {
    [streams, timers, now, recorder] = [[], new Set(), 0, new Recorder()];
    const resolved = testOptions({ retryBackoffMs: 1000, retryBackoffMaxMs: 5000, ...options });
    connection = new Connection(resolved, recorder, {
      random: () => random,
      setTimer: (delayMs, run) => {
        const timer = { at: now + delayMs, run };
        timers.add(timer);
        return { cancel: () => timers.delete(timer) };
      },
      makeStream: (_, plan, listener) => {
        const stream = new ScriptedStream(plan, listener);
        streams.push(stream);
        return stream;
      },
    });
    connection.open();
  }

  /** Lets the next timer go off, and says how long that took. */
  function tick(): number {
    const [next] = [...timers].sort((one, other) => one.at - other.at);
    if (!next) throw new Error('no timer is running');
    const elapsed = next.at - now;
    now = next.at;
    timers.delete(next);
    next.run();
    return elapsed;
  }

  const state = () => connection.status().state;
  const last = () => streams.at(-1)!;
  /** What of all that was ever opened is still held. */
  const held = () => ({ streams: streams.filter(({ isCancelled }) => !isCancelled).length, timers: timers.size });

  beforeEach(() => setUp());

  describe('goes from', () => {
    it('closed to connecting, on open', () => {
      expect(state()).to.equal('connecting');
      expect(last().isOpen).to.equal(true);
      expect(held()).to.deep.equal({ streams: 1, timers: 0 });
    });

    it('connecting to live, on the first event', () => {
      last().says(all('1'));
      expect(state()).to.equal('live');
      expect(recorder.said).to.deep.equal(['ALL 1']);
    });

    it('connecting to waiting, on the end of the stream', () => {
      last().ends();
      expect(state()).to.equal('waiting');
      expect(recorder.losses.map(({ message }) => message)).to.deep.equal(['gone']);
      expect(held()).to.deep.equal({ streams: 0, timers: 1 });
    });

    it('waiting to connecting, when the delay is over', () => {
      last().ends();
      tick();
      expect(state()).to.equal('connecting');
      expect(held()).to.deep.equal({ streams: 1, timers: 0 });
      last().ends();
      expect(recorder.losses).to.have.length(1);
    });

    it('live to waiting, on the end of the stream', () => {
      last().says();
      last().ends();
      expect(state()).to.equal('waiting');
      expect(recorder.losses).to.have.length(1);
      expect(held()).to.deep.equal({ streams: 0, timers: 1 });
    });

    it('live to renewing, when the time of the stream is over', () => {
      last().says();
      expect(tick()).to.equal(600_000 * 0.95);
      expect(state()).to.equal('renewing');
      expect(held()).to.deep.equal({ streams: 2, timers: 0 });
    });

    it('live to renewing, soon, when the server is about to go', () => {
      last().says();
      last().listener.onDraining(last());
      expect(state()).to.equal('live');
      expect(tick()).to.equal(500);
      expect(state()).to.equal('renewing');
    });

    it('renewing to live, on an event of the new stream', () => {
      last().says(all('1'));
      tick();
      const [old, young] = streams;
      old?.says(all('2'));
      expect(state()).to.equal('renewing');
      young?.says(all('3'));
      expect(state()).to.equal('live');
      expect(old?.isCancelled).to.equal(true);
      old?.says(all('4'));
      old?.ends();
      expect(recorder.said).to.deep.equal(['ALL 1', 'ALL 2', 'ALL 3']);
      expect(recorder.losses).to.deep.equal([]);
      expect(held()).to.deep.equal({ streams: 1, timers: 1 });
    });

    it('renewing back to live, on the end of the new stream, and tries again after a delay', () => {
      last().says();
      tick();
      last().ends();
      expect(state()).to.equal('live');
      expect(recorder.losses).to.deep.equal([]);
      expect(tick()).to.equal(500);
      last().ends();
      expect(tick()).to.equal(1000);
      expect(state()).to.equal('renewing');
      last().says();
      expect(tick()).to.equal(600_000 * 0.95);
    });

    it('renewing to connecting, on the end of the old stream', () => {
      last().says();
      tick();
      const [old, young] = streams;
      old?.ends();
      expect(state()).to.equal('connecting');
      expect(recorder.losses).to.have.length(1);
      young?.says();
      expect(state()).to.equal('live');
    });

    it('connecting to refused, on a fatal status before the first event', () => {
      setUp({ fatalStatusCodes: ['UNAUTHENTICATED'] });
      last().ends();
      tick();
      last().ends({ code: 'UNAUTHENTICATED' });
      expect(state()).to.equal('refused');
      expect(recorder.fatal).to.have.length(1);
      expect(held()).to.deep.equal({ streams: 0, timers: 0 });
      connection.open();
      expect(state()).to.equal('refused');
    });

    it('live to waiting even on a fatal status: that counts at first only', () => {
      setUp({ fatalStatusCodes: ['UNAUTHENTICATED'] });
      last().says();
      last().ends({ code: 'UNAUTHENTICATED' });
      expect(state()).to.equal('waiting');
      tick();
      last().ends({ code: 'UNAUTHENTICATED' });
      expect(state()).to.equal('waiting');
      expect(recorder.fatal).to.deep.equal([]);
    });
  });

  describe('goes to closed, holds nothing and says nothing any more, from', () => {
    const ways: Record<string, () => void> = {
      connecting: () => undefined,
      waiting: () => last().ends(),
      live: () => last().says(),
      renewing: () => {
        last().says();
        tick();
      },
      refused: () => {
        setUp({ fatalStatusCodes: ['UNAVAILABLE'] });
        last().ends();
      },
    };
    for (const [name, arrive] of Object.entries(ways)) {
      it(name, () => {
        arrive();
        expect(state()).to.equal(name);
        const told = () => [recorder.events, recorder.losses, recorder.fatal, recorder.invalid].flat().length;
        const before = told();
        connection.close();
        connection.close();
        expect(state()).to.equal('closed');
        expect(held()).to.deep.equal({ streams: 0, timers: 0 });
        for (const stream of streams) {
          stream.says();
          stream.listener.onInvalidMessage(stream, new SyncError('late'));
          stream.listener.onDraining(stream);
          stream.ends();
        }
        expect(told()).to.equal(before);
        expect(held()).to.deep.equal({ streams: 0, timers: 0 });
        connection.open();
        expect(state()).to.equal('connecting');
      });
    }

    it('any of them when the listener closes it', () => {
      recorder.onEach = () => connection.close();
      last().says();
      expect(state()).to.equal('closed');
      expect(held()).to.deep.equal({ streams: 0, timers: 0 });
    });
  });

  describe('waits', () => {
    /** The delays between attempts that all fail in the same way. */
    function delays(count: number, end: Parameters<ScriptedStream['ends']>[0]): number[] {
      return Array.from({ length: count }, () => {
        last().ends(end);
        return Math.round(tick());
      });
    }

    it('longer and longer for a server that fails every stream, up to the maximum', () => {
      setUp({}, almostOne);
      expect(delays(6, {})).to.deep.equal([1000, 2000, 4000, 5000, 5000, 5000]);
    });

    it('never less than half of the first delay, whatever chance says', () => {
      setUp({}, 0);
      expect(delays(6, { code: 'OK' })).to.deep.equal([500, 500, 500, 500, 500, 500]);
      setUp({}, 0);
      expect(delays(6, { connected: false })).to.deep.equal([500, 500, 500, 500, 500, 500]);
    });

    it('shorter where not even a connection was made: hardly longer at the end of ten seconds', () => {
      setUp({}, almostOne);
      const found = delays(20, { connected: false });
      expect(found[0]).to.equal(1000);
      expect(found[9]).to.be.below(1600);
      expect(Math.max(...found)).to.equal(2500);
    });

    it('anew from the first delay once an event has come', () => {
      setUp({}, almostOne);
      delays(4, {});
      last().says();
      expect(delays(2, {})).to.deep.equal([1000, 2000]);
    });

    it('as if nothing had come after a message that is none', () => {
      setUp({}, almostOne);
      delays(2, {});
      last().listener.onInvalidMessage(last(), new SyncError('no message'));
      expect(recorder.invalid).to.have.length(1);
      expect(delays(1, {})).to.deep.equal([4000]);
    });
  });

  describe('plans an attempt', () => {
    it('at another address, after one that failed with a connection', () => {
      last().ends({ connected: false });
      tick();
      expect(last().plan.skip).to.equal(0);
      last().ends();
      tick();
      expect(last().plan.skip).to.equal(1);
      last().says();
      last().ends();
      tick();
      expect(last().plan.skip).to.equal(1);
    });

    it('with more patience for a silent server', () => {
      const { silenceMs } = last().plan;
      last().ends();
      tick();
      expect(last().plan.silenceMs).to.equal(2 * silenceMs);
    });

    it('with the contract that the server was found to speak', () => {
      last().contract = contract('sync.v1' satisfies ContractName);
      last().says();
      last().ends();
      tick();
      expect(last().plan.contract.name).to.equal('sync.v1');
    });

    it('with rarer pings, after a server found them too many', () => {
      setUp({ keepAliveTime: 10_000 });
      last().says();
      last().ends({ code: 'RESOURCE_EXHAUSTED', message: 'Bandwidth exhausted or memory limit exceeded' });
      tick();
      expect(last().plan.keepAliveMs).to.equal(20_000);
      last().ends({ code: 'RESOURCE_EXHAUSTED', message: 'too many clients' });
      tick();
      expect(last().plan.keepAliveMs).to.equal(20_000);
    });
  });

  it('never renews with a stream deadline of 0', () => {
    setUp({ streamDeadlineMs: 0 });
    last().says();
    expect(held()).to.deep.equal({ streams: 1, timers: 0 });
  });

  it('renews clients that started together at different times', () => {
    setUp({}, almostOne);
    last().says();
    expect(Math.round(tick())).to.equal(540_000);
  });

  it('reports what the listener refuses, and goes on', () => {
    recorder.onEach = () => {
      throw new Error('unusable');
    };
    last().says();
    expect(recorder.invalid.map(({ message }) => message)).to.deep.equal(['unusable']);
    expect(state()).to.equal('live');
  });

  describe('says in its status', () => {
    it('where it stands', () => {
      expect(connection.status()).to.deep.equal({
        state: 'connecting',
        target: '127.0.0.1:8015',
        protocol: 'flagd.sync.v1',
        address: '127.0.0.1:8015',
        reconnects: 0,
      });
      last().says(all('{"flags":{}}'));
      last().ends({ message: 'gone' });
      tick();
      last().says({ type: 'PING' });
      const { lastMessage, lastError, ...rest } = connection.status();
      expect(rest).to.deep.include({ state: 'live', reconnects: 1 });
      expect(lastMessage).to.deep.include({ type: 'PING', bytes: 0 });
      expect(lastError).to.deep.include({ message: 'gone', code: 'UNAVAILABLE' });
      expect(new Date(lastError?.at ?? '').getTime()).to.be.closeTo(Date.now(), 60_000);
    });

    it('nothing that JSON could not hold', () => {
      last().says();
      last().ends();
      const status = connection.status();
      expect(JSON.parse(JSON.stringify(status))).to.deep.equal(status);
    });
  });

  it('logs few lines even if every attempt fails for a reason of its own', () => {
    const lines: unknown[] = [];
    setUp({ logger: { ...silent, warn: (message: unknown) => void lines.push(message) } });
    for (let attempt = 0; attempt < 50; attempt++) {
      last().ends({ message: `request ${attempt} failed` });
      tick();
    }
    expect(lines).to.have.length(5);
  });

  it('logs a line for each change, not one for each attempt', () => {
    const lines: string[] = [];
    const line = (level: string) => (message: unknown) => void lines.push(`${level} ${String(message)}`);
    setUp({ logger: { ...silent, info: line('info'), warn: line('warn'), error: line('error') } });
    const fail = (message: string) => {
      last().ends({ message });
      tick();
    };
    fail('nobody there');
    for (let attempt = 0; attempt < 10; attempt++) fail('nobody there');
    for (let attempt = 0; attempt < 10; attempt++) fail(attempt % 2 ? 'nobody there' : 'the token is refused');
    last().says();
    tick();
    last().says();
    fail('nobody there');
    expect(lines.map((text) => text.replace(/;.*/, ''))).to.deep.equal([
      'warn nobody there',
      'warn the token is refused',
      'info 127.0.0.1:8015: flags arrive from 127.0.0.1:8015 by flagd.sync.v1',
      'warn nobody there',
    ]);
  });
});
