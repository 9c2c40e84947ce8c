import { expect } from 'chai';
import { ProviderStatus } from '../src/provider-status';

function setUp({ graceMs = 10_000 } = {}) {
  const told: string[] = [];
  const timers = new Map<number, () => void>();
  const delays: number[] = [];
  const status = new ProviderStatus({
    graceMs,
    onChange: (to, reason) => told.push(reason ? `${to} ${reason}` : to),
    schedule: (delayMs, run) => {
      delays.push(delayMs);
      const id = delays.length;
      timers.set(id, run);
      return () => timers.delete(id);
    },
  });
  const elapse = () => {
    for (const run of [...timers.values()]) run();
    timers.clear();
  };
  return { status, told, timers, delays, elapse };
}

describe('ProviderStatus', () => {
  it('is READY with the first flags, and says so once', () => {
    const { status, told } = setUp();
    status.ready();
    status.ready();
    expect(told).to.deep.equal(['READY']);
  });

  it('says nothing of a loss before the first flags', () => {
    const { status, told, timers } = setUp();
    status.stale('nobody there');
    expect(told).to.deep.equal([]);
    expect(timers.size).to.equal(0);
    status.ready();
    expect(told).to.deep.equal(['READY']);
  });

  it('is STALE at once on a loss, ERROR when the grace is over, READY on return', () => {
    const { status, told, delays, elapse } = setUp({ graceMs: 7000 });
    status.ready();
    status.stale('connection lost');
    expect(told).to.deep.equal(['READY', 'STALE connection lost']);
    expect(delays).to.deep.equal([7000]);
    elapse();
    status.ready();
    expect(told.slice(2)).to.deep.equal(['ERROR connection lost', 'READY']);
  });

  it('does not become ERROR if the flags are back before', () => {
    const { status, told, timers } = setUp();
    status.ready();
    status.stale('blip');
    status.ready();
    expect(timers.size).to.equal(0);
    expect(told).to.deep.equal(['READY', 'STALE blip', 'READY']);
  });

  it('does not start the grace anew with a second loss', () => {
    const { status, told, delays, elapse } = setUp();
    status.ready();
    status.stale('first');
    status.stale('second');
    expect(delays).to.have.length(1);
    elapse();
    status.stale('third');
    expect(told).to.deep.equal(['READY', 'STALE first', 'ERROR first']);
  });

  it('is ERROR at once without a grace', () => {
    const { status, told, delays } = setUp({ graceMs: 0 });
    status.ready();
    status.stale('gone');
    expect(told).to.deep.equal(['READY', 'ERROR gone']);
    expect(delays).to.deep.equal([]);
  });

  it('stays FATAL whatever comes', () => {
    const { status, told, timers, elapse } = setUp();
    status.ready();
    status.stale('lost');
    status.fatal('refused');
    elapse();
    status.ready();
    status.stale('lost');
    status.fatal('again');
    expect(told).to.deep.equal(['READY', 'STALE lost', 'FATAL refused']);
    expect(timers.size).to.equal(0);
  });

  it('is silent after a close, which stops its timer and may be repeated', () => {
    const { status, told, timers } = setUp();
    status.ready();
    status.stale('lost');
    status.close();
    status.close();
    status.ready();
    status.stale('lost');
    status.fatal('refused');
    expect(timers.size).to.equal(0);
    expect(told).to.deep.equal(['READY', 'STALE lost']);
  });

  it('does not hold the process with the timer that it makes by itself', () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const status = new ProviderStatus({ graceMs: 60_000, onChange: () => undefined });
    status.ready();
    status.stale('lost');
    const after = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    status.close();
    expect(after).to.equal(before);
  });
});
