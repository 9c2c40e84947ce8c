import type { EvaluationContext, JsonValue } from '@openfeature/server-sdk';
import { expect } from 'chai';
import { resolve } from '../../src/evaluation/resolve';
import { apply } from '../../src/flags/apply';
import { FlagSnapshot } from '../../src/flags/snapshot';
import { operators } from '../../src/targeting/operators';
import { run } from '../targeting/run';
import { blocksOf } from './markdown';

interface RuleExample {
  readonly rule: JsonValue;
  readonly context?: EvaluationContext;
  readonly result: JsonValue;
}

interface FlagExample {
  readonly flagSet: { readonly flags: Record<string, JsonValue> };
  readonly context?: EvaluationContext;
  readonly answer: { readonly value: JsonValue; readonly [detail: string]: unknown };
}

const page = 'docs/targeting.md';
const examples = blocksOf(page)
  .filter(({ language, note }) => language === 'json' && note === 'example')
  .map(({ text, line }) => ({ line, ...(JSON.parse(text) as RuleExample | FlagExample) }));

describe(page, () => {
  for (const example of examples) {
    if ('rule' in example) {
      it(`is right about the rule in line ${example.line}`, () => {
        expect(run(example.rule, example.context)).to.deep.equal(example.result);
      });
    } else {
      it(`is right about the flag in line ${example.line}`, () => {
        const { flagSet, context = {}, answer } = example;
        const event = { type: 'ALL', flagSet: Buffer.from(JSON.stringify(flagSet)) } as const;
        const { snapshot } = apply(FlagSnapshot.empty, event);
        const [flagKey = ''] = Object.keys(flagSet.flags);
        const type = typeof answer.value as 'boolean' | 'string' | 'number' | 'object';
        const fallback = { boolean: false, string: '', number: 0, object: {} }[type];
        expect(resolve(snapshot, flagKey, type, fallback, context, () => undefined)).to.deep.include(answer);
      });
    }
  }

  it('has an example of every operator', () => {
    const rules = JSON.stringify(examples);
    for (const operator of Object.keys(operators)) expect(rules).to.contain(`{"${operator}":`);
  });
});
