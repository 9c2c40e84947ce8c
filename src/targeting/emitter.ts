import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { Compiler, type BuildState, type Code, type LogicEngine } from 'json-logic-engine';
import type { Operator } from './operator';
import { referredRule, resolveInData } from './references';
import { argumentsOf, isListOfConstants, isLiteral, operatorOf, type Evaluators } from './rule';
import { truthy } from './values';

/** What is known of the rule that is being compiled, and what is found out on the way. */
export interface Program {
  readonly operators: Readonly<Record<string, Operator>>;
  readonly evaluators: Evaluators;
  readonly flagKey: string;
  /** Whether strings and numbers are kept out of the source text, so that rules that differ in them only share code. */
  readonly sharesCode: boolean;
  /** Whether the rule reads the context by names that are not known yet, so that all of it must be in one object. */
  needsWholeContext: boolean;
  /** Whether the rule reads `$flagd.timestamp`. */
  needsTimestamp: boolean;
  /** Whether something has been prepared that depends on the key of the flag. */
  isForOneFlag: boolean;
}

/** The engine's state of one function that is being generated, with ours. */
export interface EmitterState extends BuildState {
  readonly program: Program;
  /** The variables of the function, by what they are for. */
  readonly variables: Map<string, string>;
  /** Whether `context` is the caller's, and not an element that `map` and its like go through. */
  readonly isRoot: boolean;
}

/** Functions that read an attribute, by its path. */
const readers = new Map<string, unknown>();

/** Flag sets come and go; the readers of those that went should not stay forever. */
const mostReaders = 10_000;

/**
 * Parameters of each generated function, after `context`: the server's context if it has any attributes, the log, the key of
 * the flag, and the time in seconds if the rule reads it.
 */
const parameters = 'syncContext, debug, flagKey, timestamp';

/**
 * Has the engine generate a function for an operation of its table.
 *
 * @throws {EvalError} where code generation is not allowed
 */
export function generate(operation: object, engine: LogicEngine, program: Program, isRoot: boolean): unknown {
  const state: Partial<EmitterState> = { engine, program, isRoot, variables: new Map(), extraArguments: parameters };
  const generated = Compiler.build(operation, state as EmitterState);
  // only then does V8 take them for constants where a function is not shared
  Object.freeze(state.values);
  return generated;
}

/** The engine's names for "a rule of any kind" and "an attribute". No flag set can use them: they are no operators. */
export const ruleMethod = '(rule)';
export const attributeMethod = '(attribute)';

/** Writes the source text of a rule. The engine sees operations only; lists, data and references are dealt with here. */
export class Emitter {
  readonly #state: EmitterState;

  constructor(state: BuildState) {
    this.#state = state as EmitterState;
  }

  get program(): Program {
    return this.#state.program;
  }

  /** To be prepared now; source text that reads the parameter `flagKey` instead can be shared between flags. */
  get flagKey(): string {
    this.program.isForOneFlag = true;
    return this.program.flagKey;
  }

  get isRoot(): boolean {
    return this.#state.isRoot;
  }

  code(strings: readonly string[], ...items: readonly (Code | JsonObject)[]): Code {
    return this.#state.compile(strings, ...items);
  }

  /** Source text as it stands. */
  text(source: string): Code {
    return this.#state.compile([source]);
  }

  /** Something that is known now, of any type. */
  constant(value: unknown): Code {
    const { values } = this.#state;
    const known = values.indexOf(value);
    const isShared = typeof value === 'function' && known >= 0;
    return this.text(`values[${isShared ? known : values.push(value) - 1}]`);
  }

  /** The value of a rule. */
  value(rule: JsonValue | undefined): Code {
    if (rule === undefined || rule === null || typeof rule === 'boolean') return this.text(String(rule));
    if (typeof rule !== 'object') return this.#literal(rule);
    if (Array.isArray(rule)) return this.#literalList(rule) ?? this.list(rule);
    if (operatorOf(rule) === undefined) return this.constant(resolveInData(rule, this.program.evaluators));
    const referred = referredRule(rule, this.program.evaluators);
    return referred === undefined ? this.code`${rule}` : this.value(referred);
  }

  /** The values of rules, as an array. */
  list(rules: readonly JsonValue[]): Code {
    const values = rules.map((rule) => this.value(rule));
    return this.code`[${this.join(values, ', ')}]`;
  }

  /** An expression that is as truthy in JavaScript as the rule's value is in JsonLogic. */
  condition(rule: JsonValue | undefined): Code {
    if (typeof rule === 'object' && rule !== null && !Array.isArray(rule)) {
      const referred = this.resolved(rule);
      if (referred !== rule) return this.condition(referred);
      const name = operatorOf(rule);
      const compile = name === undefined ? undefined : this.program.operators[name]?.compileCondition;
      if (name !== undefined && compile !== undefined) return compile(argumentsOf(rule, name), this);
    }
    return isLiteral(rule) ? this.text(String(truthy(rule))) : this.code`${this.constant(truthy)}(${this.value(rule)})`;
  }

  /** The rule itself, or the one that it refers to. */
  resolved(rule: JsonValue | undefined): JsonValue | undefined {
    return rule === undefined ? rule : (referredRule(rule, this.program.evaluators) ?? rule);
  }

  /** A function of an element, for `map` and its like; called with the element, `undefined`, `debug`. */
  body(rule: JsonValue | undefined): Code {
    const { engine, program } = this.#state;
    return this.constant(generate({ [ruleMethod]: rule }, engine, program, false));
  }

  /** A function of context and server's context that reads one attribute; all rules share it. */
  reader(path: readonly string[]): Code {
    const key = path.join('.');
    const { engine, program } = this.#state;
    const reader = readers.get(key) ?? generate({ [attributeMethod]: path }, engine, program, true);
    if (readers.size >= mostReaders) readers.clear();
    readers.set(key, reader);
    return this.constant(reader);
  }

  /** A variable of the function that is generated, for one purpose; undefined at first. */
  variable(purpose: string): Code {
    const { variables } = this.#state;
    const known = variables.get(purpose);
    if (known !== undefined) return this.text(known);
    const name = `v${variables.size}`;
    variables.set(purpose, name);
    // a parameter that nobody passes is the only kind of variable that the engine lets us have
    this.#state.extraArguments += `, ${name}`;
    return this.text(name);
  }

  join(codes: readonly Code[], separator: string): Code {
    const strings = ['', ...codes.slice(1).map(() => separator), ...(codes.length > 0 ? [''] : [])];
    return this.#state.compile(strings, ...codes);
  }

  #literal(value: string | number): Code {
    if (this.program.sharesCode) return this.constant(value);
    return this.text(Object.is(value, -0) ? '-0' : JSON.stringify(value));
  }

  /** A list that need not be written out. In a scope each evaluation has a list of its own, which `===` can tell. */
  #literalList(list: readonly JsonValue[]): Code | undefined {
    if (!isListOfConstants(list)) return undefined;
    const literal = this.constant([...list]);
    return this.isRoot ? literal : this.code`${literal}.slice()`;
  }
}
