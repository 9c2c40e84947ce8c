import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { explain, type Explanation } from '../../src/evaluation/explain';
import { resolveFlag } from '../../src/evaluation/resolve';
import { allRules, contexts } from '../support/random-rules';
import { manyEvaluations } from '../targeting/run';
import { snapshotOf, type FlagSketch, type SetSketch } from './snapshot-of';

const silent = () => undefined;

function explainOne(sketch: FlagSketch, context: EvaluationContext = {}, set: SetSketch = {}): Explanation {
  return explain(snapshotOf({ ...set, flags: { flag: sketch } }), 'flag', context);
}

/** The steps of a rule, each as a line: operator, arguments, result. */
function lines(targeting: JsonValue, context: EvaluationContext = {}, set: SetSketch = {}): string[] {
  const text: string[] = [];
  const visit = (steps: NonNullable<Explanation['targeting']>['steps'], indent: string) => {
    for (const step of steps) {
      const args = step.arguments.map((argument) => ('value' in argument ? JSON.stringify(argument.value) : 'skipped'));
      text.push(`${indent}${step.operator} ${args.join(' ')} -> ${JSON.stringify(step.result)}`);
      visit(step.steps, `${indent}  `);
    }
  };
  visit(explainOne({ targeting }, context, set).targeting?.steps ?? [], '');
  return text;
}

describe('explain', () => {
  it('shows the flag as it is held', () => {
    const sketch = {
      defaultVariant: 'off',
      targeting: { if: [{ var: 'beta' }, 'on'] },
      metadata: { owner: 'web' },
    };
    expect(explainOne(sketch).flag).to.deep.equal({ state: 'ENABLED', variants: { on: true, off: false }, ...sketch });
    expect(explainOne({ state: 'DISABLED' }).flag).to.deep.include({ state: 'DISABLED', metadata: {} });
  });

  it('shows the context as a rule sees it', () => {
    const context = { plan: 'pro', region: 'us', at: new Date(0), $flagd: 'forged' };
    for (const targeting of [undefined, { var: 'plan' }]) {
      const sketch = targeting === undefined ? {} : { targeting };
      const seen = explainOne(sketch, context, { syncContext: { region: 'eu', tier: 1 } }).context;
      const { $flagd, ...attributes } = seen;
      expect(attributes).to.deep.equal({ plan: 'pro', region: 'eu', at: '1970-01-01T00:00:00.000Z', tier: 1 });
      expect($flagd).to.include({ flagKey: 'flag' });
      expect(($flagd as { timestamp: number }).timestamp).to.be.closeTo(Date.now() / 1000, 60);
    }
  });

  it('shows each operator with its arguments and its result, in the order of evaluation', () => {
    const rule = { if: [{ and: [{ '==': [{ var: 'plan' }, 'pro'] }, { var: 'beta' }] }, 'on', { cat: ['o', 'ff'] }] };
    expect(lines(rule, { plan: 'pro', beta: true })).to.deep.equal([
      'if true "on" skipped -> "on"',
      '  and true true -> true',
      '    == "pro" "pro" -> true',
      '      var "plan" -> "pro"',
      '    var "beta" -> true',
    ]);
    expect(lines(rule, { plan: 'free' })).to.deep.equal([
      'if false "on" "off" -> "off"',
      '  and false skipped -> false',
      '    == "free" "pro" -> false',
      '      var "plan" -> "free"',
      '  cat "o" "ff" -> "off"',
    ]);
  });

  it('shows what a scope sees', () => {
    const rule = { reduce: [{ var: 'list' }, { '+': [{ var: 'current' }, { var: 'accumulator' }] }, 0] };
    const [reduce] = explainOne({ targeting: rule }, { list: [5, 7] }).targeting!.steps;
    expect(reduce).to.include({ operator: 'reduce', result: 12 });
    expect(reduce!.arguments).to.deep.equal([{ value: [5, 7] }, { skipped: true }, { value: 0 }]);
    expect(reduce!.steps.map(({ operator, scope, result }) => ({ operator, scope, result }))).to.deep.equal([
      { operator: 'var', scope: undefined, result: [5, 7] },
      { operator: '+', scope: { current: 5, accumulator: 0 }, result: 5 },
      { operator: '+', scope: { current: 7, accumulator: 5 }, result: 12 },
    ]);
  });

  it('shows for a reference the evaluator that it came from', () => {
    const evaluators = { isPro: { '==': [{ var: 'plan' }, 'pro'] }, yes: 'on' };
    const rule = { if: [{ $ref: 'isPro' }, { $ref: 'yes' }] };
    expect(lines(rule, { plan: 'pro' }, { evaluators })).to.deep.equal([
      'if true "on" -> "on"',
      '  $ref "isPro" -> true',
      '    == "pro" "pro" -> true',
      '      var "plan" -> "pro"',
      '  $ref "yes" -> "on"',
    ]);
    const [step] = explainOne({ targeting: rule }, {}, { evaluators }).targeting!.steps;
    expect(step!.steps[0]).to.include({ operator: '$ref', evaluator: 'isPro' });
  });

  it('shows for fractional the bucketing value, hash, bucket and ranges', () => {
    const buckets = [
      ['on', 25],
      ['off', 75],
    ];
    const fractional = (rule: JsonValue, context: EvaluationContext) =>
      explainOne({ targeting: { fractional: rule } }, context).targeting!.steps[0]!;
    const given = fractional([{ var: 'email' }, ...buckets], { email: 'jon@company.com' });
    const ranges = [
      { variant: 'on', from: 0, to: 25 },
      { variant: 'off', from: 25, to: 100 },
    ];
    expect(given.fractional).to.deep.equal({
      bucketingValue: 'jon@company.com',
      hash: 1557731397,
      bucket: Number((1557731397n * 100n) >> 32n),
      totalWeight: 100,
      ranges,
    });
    expect(given.result).to.equal('off');
    const own = fractional(buckets, { targetingKey: 'jo' });
    expect(own.fractional).to.deep.include({ bucketingValue: 'flagjo', ranges });
    const anonymous = fractional(buckets, {});
    expect(anonymous.fractional).to.deep.include({ bucketingValue: null, hash: null, bucket: null, ranges });
    expect(anonymous.notes).to.deep.equal(['fractional gives null: there is no bucketing value']);
    const broken = fractional(['key', ['on', 'x']], {});
    expect(broken.fractional).to.deep.include({ totalWeight: null, ranges: [] });
    expect(broken.notes).to.deep.equal(['fractional gives null: the weight of bucket 1 is not an integer']);
  });

  it('shows what is logged, and numbers that are not finite', () => {
    const { targeting } = explainOne({ targeting: { if: [{ '/': [1, 0] }, { log: 'on' }] } });
    const [divide, log] = targeting!.steps[0]!.steps;
    expect(divide).to.deep.include({ operator: '/', result: null, notes: ['gives Infinity'] });
    expect(log).to.deep.include({ operator: 'log', result: 'on', notes: ['log: on'] });
  });

  it('has no rule to show where none is run', () => {
    for (const sketch of [{}, { state: 'DISABLED', targeting: { var: 'x' } }, { targeting: { nope: 1 } }] as const) {
      expect(explainOne(sketch).targeting).to.equal(null);
    }
    expect(explainOne({ targeting: 'on' }).targeting).to.deep.equal({ steps: [], isComplete: true });
  });

  it('explains what is wrong', () => {
    const broken = explainOne({ targeting: { if: [{ nope: 1 }] } });
    expect(broken.flag?.problem).to.deep.equal({ pointer: '/targeting/if/0/nope', message: 'is an unknown operator' });
    expect(broken.resolution).to.include({ flagKey: 'flag', value: null, reason: 'ERROR', errorCode: 'PARSE_ERROR' });
    const problem = { pointer: '/flags/torn/state', message: 'is missing' };
    const torn = explain(snapshotOf({ broken: { torn: problem } }), 'torn', {});
    expect(torn.flag).to.deep.equal({ metadata: {}, problem });
    expect(torn.resolution).to.include({ errorCode: 'PARSE_ERROR' });
    const unknown = explain(snapshotOf({ metadata: { team: 'web' } }), 'nobody', {});
    expect(unknown).to.deep.include({ flagKey: 'nobody', flag: null, targeting: null });
    expect(unknown.resolution).to.deep.include({ errorCode: 'FLAG_NOT_FOUND', flagMetadata: { team: 'web' } });
    expect(explain(undefined, 'flag', {}).resolution).to.include({ errorCode: 'PROVIDER_NOT_READY' });
  });

  it('ends after so many steps as anyone reads', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => index);
    const explanation = explainOne({ targeting: { if: [{ all: [list, { '>=': [{ var: '' }, 0] }] }, 'on'] } });
    expect(explanation.targeting?.isComplete).to.equal(false);
    expect(explanation.resolution).to.include({ variant: 'on' });
  });

  it('stands contexts that cannot be read or printed', () => {
    const cyclic: Record<string, unknown> = { plan: 'pro', big: 10n, f: silent };
    cyclic.self = cyclic;
    Object.defineProperty(cyclic, 'angry', {
      enumerable: true,
      get() {
        throw new Error('boo');
      },
    });
    const rules: (JsonValue | undefined)[] = [undefined, { var: 'plan' }, { cat: [{ var: 'self' }] }];
    for (const targeting of rules) {
      const flag = { variants: { pro: true }, defaultVariant: 'pro' };
      const sketch = targeting === undefined ? flag : { ...flag, targeting };
      const explanation = explainOne(sketch, cyclic as unknown as EvaluationContext);
      expect(explanation.context).to.include({ plan: 'pro', angry: null });
      expect(JSON.parse(JSON.stringify(explanation))).to.deep.equal(explanation);
    }
  });

  it('is a copy: what is done to it harms nobody', () => {
    const snapshot = snapshotOf({
      flags: { flag: { variants: { a: { n: 1 } }, defaultVariant: 'a', targeting: { if: [{ var: 'x' }, 'a'] } } },
    });
    const scribble = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      for (const name of Object.keys(value)) {
        scribble((value as Record<string, unknown>)[name]);
        (value as Record<string, unknown>)[name] = 'scribbled';
      }
    };
    const context = { x: { y: [1] } };
    const before = JSON.stringify(explain(snapshot, 'flag', context).resolution);
    scribble(explain(snapshot, 'flag', context));
    expect(JSON.stringify(explain(snapshot, 'flag', context).resolution)).to.equal(before);
    expect(context).to.deep.equal({ x: { y: [1] } });
  });

  it('says what resolve says, for random rules and contexts', function () {
    this.timeout(60_000);
    const variants = { a: 1, b: 'b', true: true, false: false, '0': 0, '1': {}, '': '' };
    const property = fc.property(allRules, contexts, contexts, (rule, context, syncContext) => {
      const flag = { variants, defaultVariant: 'a', targeting: rule };
      const snapshot = snapshotOf({ flags: { flag }, syncContext });
      const held = snapshot.get('flag')!;
      const agree = () => {
        const explanation = explain(snapshot, 'flag', context);
        const { flagKey, ...resolution } = explanation.resolution;
        return (
          flagKey === 'flag' &&
          isDeepStrictEqual(resolution, resolveFlag(held, null, context, syncContext, silent)) &&
          isDeepStrictEqual(JSON.parse(JSON.stringify(explanation)), explanation) &&
          lastStepAgrees(explanation)
        );
      };
      // the clock may go on between the two
      if (!agree() && !agree()) return false;
      for (let i = 0; i < manyEvaluations; i++) resolveFlag(held, null, context, syncContext, silent);
      return agree() || agree();
    });
    fc.assert(property, { numRuns: 800 });
  });
});

/** Whether the result of the outermost operator leads to the answer. */
function lastStepAgrees({ flag, targeting, resolution }: Explanation): boolean {
  const step = Array.isArray(flag?.targeting) ? undefined : targeting?.steps.at(-1);
  if (step === undefined) return true;
  if (resolution.errorCode !== undefined) return step.result !== null;
  if (resolution.reason === 'DEFAULT') return step.result === null;
  return (typeof step.result === 'string' ? step.result : JSON.stringify(step.result)) === resolution.variant;
}
