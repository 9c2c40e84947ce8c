import { expect } from 'chai';
import type { SyncEvent } from '../../src/flags/sync-event';
import { Backlog } from '../../src/sync/backlog';
import type { Received } from '../../src/sync/backlog';
import { SyncError } from '../../src/sync/sync-error';

const flagSet = (text: string) => Buffer.from(text);
const all = (text: string, region?: string): Received => ({
  type: 'ALL',
  flagSet: flagSet(text),
  ...(region !== undefined && { syncContext: { region } }),
});
const add = (text: string): SyncEvent => ({ type: 'ADD', flagSet: flagSet(text) });
const invalid: Received = { type: 'INVALID', error: new SyncError('none') };

function drained(...items: Received[]): Received[] {
  const backlog = new Backlog();
  for (const item of items) backlog.add(item);
  const found: Received[] = [];
  for (let item = backlog.take(); item; item = backlog.take()) found.push(item);
  return found;
}

describe('Backlog', () => {
  it('hands over in order', () => {
    expect(drained(all('1'), add('2'), { type: 'PING' }, add('3'))).to.deep.equal([
      all('1'),
      add('2'),
      { type: 'PING' },
      add('3'),
    ]);
  });

  it('drops what a whole set supersedes', () => {
    expect(drained(all('1'), add('2'), all('3'), add('4'))).to.deep.equal([all('3'), add('4')]);
  });

  it('keeps a sync context that only a dropped event brought', () => {
    expect(drained(all('1', 'eu'), all('2'), all('3'))).to.deep.equal([all('3', 'eu')]);
    expect(drained(all('1', 'eu'), all('2', 'us'))).to.deep.equal([all('2', 'us')]);
  });

  it('keeps invalid messages, in their place', () => {
    expect(drained(all('1'), invalid, all('2'))).to.deep.equal([invalid, all('2')]);
    expect(drained(all('1'), invalid)).to.deep.equal([all('1'), invalid]);
  });
});
