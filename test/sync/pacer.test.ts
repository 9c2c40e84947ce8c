import { expect } from 'chai';
import { Pacer } from '../../src/sync/pacer';

describe('Pacer', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('works once per turn, however often it is asked', async () => {
    let done = 0;
    const pacer = new Pacer(() => done++);
    pacer.schedule({ rest: false });
    pacer.schedule({ rest: false });
    expect(done).to.equal(0);
    await turn();
    expect(done).to.equal(1);
    await turn();
    expect(done).to.equal(1);
  });

  it('does not work after a cancel', async () => {
    let done = 0;
    const pacer = new Pacer(() => done++);
    pacer.schedule({ rest: false });
    pacer.cancel();
    await turn();
    expect(done).to.equal(0);
  });

  it('does not work after a cancel in the middle of it', async () => {
    let done = 0;
    const pacer = new Pacer(() => {
      done++;
      pacer.schedule({ rest: false });
      pacer.cancel();
    });
    pacer.schedule({ rest: false });
    await turn();
    await turn();
    expect(done).to.equal(1);
  });

  it('rests for some time even after short work, if it is to', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      const work = () => {
        order.push('work');
        if (order.length > 1) resolve();
        else pacer.schedule({ rest: true, atLeastMs: 50 });
      };
      const pacer = new Pacer(work);
      pacer.schedule({ rest: true });
      setTimeout(() => order.push('timer'), 10);
    });
    expect(order).to.deep.equal(['work', 'timer', 'work']);
  });

  it('goes on working when some work has failed', async () => {
    const uncaught = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const failure = new Promise((resolve) => process.once('uncaughtException', resolve));
    let done = 0;
    const pacer = new Pacer(() => {
      if (++done === 1) throw new Error('the first time');
    });
    pacer.schedule({ rest: false });
    expect(await failure).to.have.property('message', 'the first time');
    for (const listener of uncaught) process.on('uncaughtException', listener);
    pacer.schedule({ rest: false });
    await turn();
    expect(done).to.equal(2);
  });

  for (const rest of [true, false]) {
    it(rest ? 'rests after long work' : 'does not rest if it need not, but for a turn', async () => {
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        const pacer = new Pacer(() => {
          order.push('work');
          if (order.length > 1) {
            resolve();
            return;
          }
          const end = performance.now() + 20;
          while (performance.now() < end);
          setImmediate(() => order.push('turn'));
          setTimeout(() => order.push('timer'), 2);
          pacer.schedule({ rest });
        });
        pacer.schedule({ rest });
      });
      expect(order).to.deep.equal(rest ? ['work', 'turn', 'timer', 'work'] : ['work', 'turn', 'work']);
    });
  }
});
