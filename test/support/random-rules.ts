import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import fc, { type Arbitrary } from 'fast-check';

/** A rule and a context to run it in. */
export interface RuleInContext {
  readonly rule: JsonValue;
  readonly context: JsonObject;
}

/** How many arguments an operator takes, in the order of how often it is given so many here. */
const jsonLogicOperators: Readonly<Record<string, readonly number[]>> = {
  var: [1, 1, 1, 1, 2, 0, 3],
  missing: [1, 2, 3, 0],
  missing_some: [2, 2, 2, 1, 0, 3],
  if: [3, 3, 3, 1, 2, 4, 5, 0],
  '?:': [3, 2, 0],
  and: [2, 2, 3, 1, 0],
  or: [2, 2, 3, 1, 0],
  '!': [1, 1, 1, 0, 2],
  '!!': [1, 1, 1, 0, 2],
  '==': [2, 2, 2, 2, 1, 0, 3],
  '!=': [2, 2, 2, 1, 0, 3],
  '===': [2, 2, 2, 2, 1, 0, 3],
  '!==': [2, 2, 2, 1, 0, 3],
  '<': [2, 2, 2, 3, 3, 1, 0, 4],
  '<=': [2, 2, 2, 3, 3, 1, 0, 4],
  '>': [2, 2, 2, 3, 1, 0],
  '>=': [2, 2, 2, 3, 1, 0],
  '+': [2, 2, 3, 1, 0],
  '-': [2, 2, 1, 3, 0],
  '*': [2, 2, 3, 1, 0],
  '/': [2, 2, 2, 1, 0, 3],
  '%': [2, 2, 2, 1, 0, 3],
  max: [2, 3, 1, 0],
  min: [2, 3, 1, 0],
  map: [2, 2, 2, 2, 1, 0, 3],
  filter: [2, 2, 2, 2, 1, 0, 3],
  reduce: [3, 3, 3, 3, 2, 1, 0, 4],
  all: [2, 2, 2, 2, 1, 0, 3],
  none: [2, 2, 2, 2, 1, 0, 3],
  some: [2, 2, 2, 2, 1, 0, 3],
  merge: [2, 3, 1, 0],
  in: [2, 2, 2, 1, 0, 3],
  cat: [2, 3, 1, 0],
  substr: [2, 3, 3, 1, 0, 4],
  log: [1, 1, 0, 2],
};

const flagdOperators: Readonly<Record<string, readonly number[]>> = {
  fractional: [2, 3, 3, 1, 0],
  sem_ver: [3, 3, 3, 2, 0, 4],
  starts_with: [2, 2, 2, 1, 0, 3],
  ends_with: [2, 2, 2, 1, 0, 3],
};

const texts = [
  '',
  'a',
  'b',
  'abc',
  'ab',
  'c',
  '0',
  '1',
  '2',
  '-1',
  '1.5',
  ' 3 ',
  '12abc',
  '1e3',
  '0x10',
  'null',
].concat([
  'undefined',
  'true',
  'NaN',
  'Infinity',
  '[object Object]',
  '1,2',
  'größe',
  'ß',
  '日本',
  '😀',
  '1.2.3',
  '>=',
  '^',
]);
const numbers = [0, 1, 2, 3, -1, -2, 0.5, -0, 10, 100, 1e21, 1e-7, 2147483647, 9007199254740992, 1e308];

const scalar: Arbitrary<JsonValue> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...texts) },
  { weight: 3, arbitrary: fc.constantFrom(...numbers) },
  { weight: 1, arbitrary: fc.integer({ min: -20, max: 200 }) },
  { weight: 2, arbitrary: fc.constantFrom<JsonValue>(null, true, false) },
  { weight: 1, arbitrary: fc.string({ maxLength: 4 }) },
);

/** Names of attributes; none of them is inherited by objects, for the oracle would find it. */
const names = [
  'a',
  'b',
  'c',
  'list',
  'user',
  'text',
  'n',
  'nil',
  'größe',
  '日本',
  '0',
  '1',
  'x',
  'length',
  'targetingKey',
];

const paths = names.concat(
  [
    '',
    'missing',
    'user.a',
    'user.b',
    'a.b',
    'a.b.c',
    'list.0',
    'list.1',
    'list.length',
    'list.0.a',
    'text.0',
    'text.length',
  ],
  [
    'current',
    'accumulator',
    'current.a',
    'accumulator.length',
    'user.größe',
    '$flagd.flagKey',
    '$flagd.timestamp',
    '$flagd',
  ],
  ['$flagd.other', '$flagd.flagKey.length', '$flagd.timestamp.0', '.', 'a.', 'a..b', '.a', '01', '1.5', '-1'],
);

/** JSON as contexts hold it. Objects with one member would be rules if it were an operator's name; it never is. */
const json: Arbitrary<JsonValue> = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 5, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie('json'), { maxLength: 4 }) },
    {
      weight: 2,
      arbitrary: fc.dictionary(fc.constantFrom(...names), tie('json'), { maxKeys: 4 }),
    },
  ),
})).json;

export const contexts: Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom(...names), json, {
  maxKeys: 10,
});

function rulesOf(operators: Readonly<Record<string, readonly number[]>>): Arbitrary<JsonValue> {
  const { rule } = fc.letrec<{ rule: JsonValue; operation: JsonValue; variable: JsonValue }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'large', maxDepth: 5, withCrossShrink: true },
      { weight: 3, arbitrary: scalar },
      { weight: 3, arbitrary: tie('variable') },
      { weight: 16, arbitrary: tie('operation') },
      { weight: 2, arbitrary: fc.array(tie('rule'), { maxLength: 4 }) },
      { weight: 1, arbitrary: data },
    ),
    variable: fc.constantFrom(...paths).map((path) => ({ var: path })),
    operation: fc.constantFrom(...Object.keys(operators)).chain((name) => operation(name, operators, tie('rule'))),
  }));
  return rule;
}

/** Objects that are no operators, and so are data. */
const data: Arbitrary<JsonValue> = fc.oneof(
  // each time another one, as in JSON text, for the oracle can tell
  fc.constant(null).map(() => ({})),
  fc.tuple(json, json).map(([first, second]) => ({ a: first, x: second })),
);

function operation(
  name: string,
  operators: Readonly<Record<string, readonly number[]>>,
  rule: Arbitrary<JsonValue>,
): Arbitrary<JsonValue> {
  const count = fc.constantFrom(...(operators[name] ?? [1]));
  const args = count.chain((length) => fc.tuple(...Array.from({ length }, (_, index) => argument(name, index, rule))));
  const listed = args.map((values): JsonValue => ({ [name]: values }));
  const alone = argument(name, 0, rule).map((value): JsonValue => ({ [name]: value }));
  return fc.oneof({ weight: 4, arbitrary: listed }, { weight: 1, arbitrary: alone });
}

/** Mostly what the operator expects there, sometimes anything. */
function argument(operator: string, index: number, rule: Arbitrary<JsonValue>): Arbitrary<JsonValue> {
  const expected = expectedArgument(operator, index, rule);
  return expected === undefined ? rule : fc.oneof({ weight: 3, arbitrary: expected }, { weight: 1, arbitrary: rule });
}

function expectedArgument(
  operator: string,
  index: number,
  rule: Arbitrary<JsonValue>,
): Arbitrary<JsonValue> | undefined {
  const path = fc.constantFrom(...paths);
  switch (operator) {
    case 'var':
      return index === 0 ? path : undefined;
    case 'missing':
      return fc.oneof(path, fc.array(path, { maxLength: 3 }));
    case 'missing_some':
      return index === 0 ? fc.integer({ min: 0, max: 3 }) : fc.array(path, { maxLength: 4 });
    case 'map':
    case 'filter':
    case 'reduce':
    case 'all':
    case 'none':
    case 'some':
      return index === 0 ? fc.oneof(fc.array(rule, { maxLength: 4 }), fc.constant({ var: 'list' })) : undefined;
    case 'fractional':
      return index === 0 ? undefined : fc.tuple(rule, fc.oneof(fc.integer({ min: -5, max: 100 }), rule));
    case 'sem_ver':
      return index === 1
        ? fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '^', '~', '==')
        : fc.constantFrom('1.2.3', 'v1.2.3', '1.2', 1.2, 2, '1.2.3-rc.1', '1.2.3-rc.10', '2.0.0+build', '2.0.0.0');
    default:
      return undefined;
  }
}

/** Rules of the operators of jsonlogic.com, right and wrong ones. */
export const jsonLogicRules = rulesOf(jsonLogicOperators);

/** Rules of all operators. */
export const allRules = rulesOf({ ...jsonLogicOperators, ...flagdOperators });
