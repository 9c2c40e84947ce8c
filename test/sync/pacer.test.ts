import { expect } from 'chai';
import { Pacer } from '../../src/sync/pacer';

describe('Pacer', () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('works once per turn, however often it is asked', async () => {
    let done = 0;
    const pacer = new Pacer(() => done++);
    pacer.schedule();
    pacer.schedule();
    expect(done).to.equal(0);
    await turn();
    expect(done).to.equal(1);
    await turn();
    expect(done).to.equal(1);
  });

  it('does not work after a cancel', async () => {
    let done = 0;
    const pacer = new Pacer(() => done++);
    pacer.schedule();
    pacer.cancel();
    await turn();
    expect(done).to.equal(0);
  });

  it('does not work after a cancel in the middle of it', async () => {
    let done = 0;
    const pacer = new Pacer(() => {
      done++;
      pacer.schedule();
      pacer.cancel();
    });
    pacer.schedule();
    await turn();
    await turn();
    expect(done).to.equal(1);
  });

  it('lets other things happen after long work', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      const pacer = new Pacer(() => {
        order.push('work');
        if (order.includes('other')) {
          resolve();
          return;
        }
        const end = performance.now() + 20;
        while (performance.now() < end);
        setTimeout(() => order.push('other'), 1);
        pacer.schedule();
      });
      pacer.schedule();
    });
    expect(order).to.deep.equal(['work', 'other', 'work']);
  });
});
