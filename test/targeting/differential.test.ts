import { expect } from 'chai';
import { compareBothForms, compareWithOracle, type Outcome } from '../support/differential';

/** More than 20,000 of them are compared, for the oracle throws on some; `npm run test:differential -- --runs N` tries more. */
const runs = 22_000;

function expectNoDifference(outcome: Outcome, expectedRuns: number, seed: number) {
  const found = outcome.difference && JSON.stringify(outcome.difference);
  expect(found, `seed ${seed}`).to.equal(undefined);
  expect(outcome.runs).to.equal(expectedRuns);
}

describe('random rules', function () {
  this.timeout(60_000);
  const seed = Math.floor(Math.random() * 2 ** 31);

  it(`answer as JsonLogic's own program does, compiled and interpreted (seed ${seed})`, () => {
    const outcome = compareWithOracle({ runs, seed });
    expectNoDifference(outcome, runs, seed);
    // else nothing much would have been compared
    expect(outcome.oracleThrew).to.be.below(runs / 10);
  });

  it(`of all operators answer the same compiled and interpreted (seed ${seed})`, () => {
    const fewer = runs / 4;
    expectNoDifference(compareBothForms({ runs: fewer, seed }), fewer, seed);
  });
});
