import type { JsonValue } from '@openfeature/server-sdk';
import { isatty } from 'node:tty';
import type { Explanation } from './explain';

type Step = NonNullable<Explanation['targeting']>['steps'][number];
type Fractional = NonNullable<Step['fractional']>;

export interface FormatOptions {
  /** Whether to mark parts with the colours of a terminal. Default: if the standard output is a terminal. */
  readonly colors?: boolean | undefined;
}

/** Longer values are cut. */
const longest = 100;

/** An explanation for a person: what the flag gives, and the operators of its rule as an indented tree. */
export function formatExplanation(explanation: Explanation, { colors = isatty(1) }: FormatOptions = {}): string {
  return new Formatter(colors).format(explanation).join('\n');
}

/** Escape sequences of terminals: where a style begins. */
const styles = { bold: '\u001b[1m', dim: '\u001b[2m', red: '\u001b[31m', green: '\u001b[32m', cyan: '\u001b[36m' };

class Formatter {
  readonly #colors: boolean;

  constructor(colors: boolean) {
    this.#colors = colors;
  }

  format({ flagKey, flag, context, targeting, resolution }: Explanation): string[] {
    const { value, variant, reason, errorCode, errorMessage } = resolution;
    const answer = variant === undefined ? "the caller's default" : `${harmless(variant)} = ${print(value)}`;
    const style = errorCode === undefined ? 'green' : 'red';
    const why = [reason, errorCode].filter((part) => part !== undefined).join(', ');
    return [
      `${this.#style('bold', harmless(flagKey))} → ${this.#style(style, answer)} (${why})`,
      ...(errorMessage === undefined ? [] : [`  ${this.#style('red', harmless(errorMessage))}`]),
      `  context   ${print(context)}`,
      ...(flag?.state === undefined ? [] : [`  state     ${flag.state}`]),
      ...(flag?.variants === undefined ? [] : [`  variants  ${print(flag.variants)}`]),
      ...(flag?.defaultVariant === undefined ? [] : [`  default   ${harmless(flag.defaultVariant)}`]),
      ...(targeting === null ? [] : ['  targeting', ...this.#steps(targeting.steps, '    ')]),
      ...(targeting === null || targeting.isComplete ? [] : ['    … and further steps']),
    ];
  }

  #steps(steps: readonly Step[], indent: string): string[] {
    return steps.flatMap((step) => this.#step(step, indent));
  }

  #step(step: Step, indent: string): string[] {
    const { operator, evaluator, scope, result, notes = [], fractional, steps } = step;
    const args = step.arguments.map((argument) => ('value' in argument ? print(argument.value) : '…'));
    const name = this.#style('cyan', operator);
    const call = evaluator === undefined ? `${name}(${args.join(', ')})` : `${name} ${harmless(evaluator)}`;
    const seen = scope === undefined ? '' : ` ${this.#style('dim', `of ${print(scope)}`)}`;
    const inner = `${indent}  `;
    return [
      `${indent}${call}${seen} → ${this.#style('bold', print(result))}`,
      ...notes.map((note) => `${inner}${this.#style('dim', harmless(note))}`),
      ...(fractional === undefined ? [] : this.#fractional(fractional).map((line) => `${inner}${line}`)),
      ...this.#steps(steps, inner),
    ];
  }

  #fractional({ bucketingValue, hash, bucket, totalWeight, ranges }: Fractional): string[] {
    if (bucketingValue === null || bucket === null) return [];
    return [
      `${print(bucketingValue)} has the hash ${hash}, which is ${bucket} of ${totalWeight}`,
      ...ranges.map(({ variant, from, to }) => {
        const isHit = from <= bucket && bucket < to;
        const range = `${isHit ? '▸' : ' '} ${from} to ${to - 1}  ${print(variant)}`;
        return to === from
          ? this.#style('dim', `  never  ${print(variant)}`)
          : isHit
            ? this.#style('green', range)
            : range;
      }),
    ];
  }

  #style(style: keyof typeof styles, text: string): string {
    return this.#colors ? `${styles[style]}${text}\u001b[0m` : text;
  }
}

/** Whoever writes flags has no say in what a terminal does. */
function harmless(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function print(value: JsonValue): string {
  const text = harmless(JSON.stringify(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
