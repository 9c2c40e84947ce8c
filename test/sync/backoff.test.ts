import { expect } from 'chai';
import { exponentialBackoff } from '../../src/sync/backoff';
import type { Backoff } from '../../src/sync/backoff';

function delays(backoff: Backoff, count: number): number[] {
  const found: number[] = [];
  for (let next = backoff; found.length < count; next = next.next()) found.push(next.delayMs);
  return found;
}

describe('exponentialBackoff', () => {
  const shape = { firstMs: 1000, maxMs: 5000, factor: 2 };

  const table = [
    { random: 1 - Number.EPSILON, expected: [1000, 2000, 4000, 5000, 5000], of: 'the upper bound' },
    { random: 0.5, expected: [500, 1000, 2000, 2500, 2500], of: 'the middle' },
    { random: 0, expected: [500, 500, 500, 500, 500], of: 'half of the first delay, never less' },
  ];
  for (const { random, expected, of } of table) {
    it(`grows to the maximum: ${of}`, () => {
      const found = delays(exponentialBackoff({ ...shape, random: () => random }), 5);
      expect(found.map(Math.round)).to.deep.equal(expected);
    });
  }

  it('is a value: asking twice gives the same answer', () => {
    const backoff = exponentialBackoff({ ...shape, random: Math.random });
    expect(backoff.delayMs).to.equal(backoff.delayMs);
    backoff.next();
    expect(delays(backoff, 1)).to.deep.equal([backoff.delayMs]);
  });

  it('spreads delays over the whole range', () => {
    const fourth = Array.from(
      { length: 1000 },
      () => delays(exponentialBackoff({ ...shape, random: Math.random }), 4)[3]!,
    );
    expect(Math.min(...fourth))
      .to.be.at.least(500)
      .and.below(1000);
    expect(Math.max(...fourth))
      .to.be.at.most(5000)
      .and.above(4500);
  });
});
