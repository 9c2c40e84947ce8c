import type { JsonObject, JsonValue } from '@openfeature/server-sdk';
import { operators } from './operators';
import { argumentsOf, isListOfConstants, operatorOf, referenceOperator, type Evaluators } from './rule';

/** Why a rule cannot be run, and where. */
export interface RuleProblem {
  /** JSON pointer (RFC 6901), relative to the rule. */
  readonly pointer: string;
  /** To be read behind the pointer. */
  readonly message: string;
}

/** What the check of a whole rule finds. */
export interface RuleCheck {
  readonly problem: RuleProblem | undefined;
  /** How many levels of operators, lists and objects are inside each other. */
  readonly depth: number;
  /** How many values of any kind there are, those of named rules counted at each reference. */
  readonly size: number;
  /** How many of them would be source text if the rule was compiled: all but {@link isListOfConstants lists of constants}. */
  readonly sourceCount: number;
}

/** Deeper rules are refused: any way to run them ends in a stack overflow somewhere. */
export const deepestRule = 200;

/** Larger rules are refused. Only references to large named rules, again and again, make a rule as large as that. */
export const largestRule = 10_000_000;

/** Looks at a whole rule without running or compiling it. */
export function checkRule(rule: JsonValue, evaluators: Evaluators): RuleCheck {
  const survey = new Survey(evaluators);
  survey.problem =
    survey.visit(rule, 1) ?? (isData(rule) ? here('is no rule: it has not one member, the operator') : undefined);
  return survey;
}

const namedRuleChecks = new WeakMap<JsonObject | JsonValue[], RuleCheck>();
const literalCheck: RuleCheck = { problem: undefined, depth: 0, size: 1, sourceCount: 0 };

/** Checks a rule of `$evaluators` once, and not again for each reference to it. */
function checkNamedRule(rule: JsonValue): RuleCheck {
  if (typeof rule !== 'object' || rule === null) return literalCheck;
  const known = namedRuleChecks.get(rule);
  if (known !== undefined) return known;
  const survey = new Survey(undefined);
  survey.problem = survey.visit(rule, 1);
  namedRuleChecks.set(rule, survey);
  return survey;
}

class Survey implements RuleCheck {
  problem: RuleProblem | undefined;
  depth = 0;
  size = 0;
  sourceCount = 0;
  /** Undefined in a named rule, where references are not followed. */
  readonly #evaluators: Evaluators | undefined;

  constructor(evaluators: Evaluators | undefined) {
    this.#evaluators = evaluators;
  }

  visit(rule: JsonValue, level: number): RuleProblem | undefined {
    this.size++;
    if (typeof rule !== 'object' || rule === null) return undefined;
    if (level > this.depth) this.depth = level;
    if (level > deepestRule) return here(`is nested deeper than ${deepestRule} levels`);
    if (Array.isArray(rule)) return this.#visitList(rule, level);
    const operator = operatorOf(rule);
    if (operator === undefined) return this.#visitData(rule, level);
    const problem =
      operator === referenceOperator ? this.#visitReference(rule, level) : this.#visitOperation(rule, operator, level);
    return problem && at(operator, problem);
  }

  #visitOperation(rule: JsonObject, operator: string, level: number): RuleProblem | undefined {
    if (operators[operator] === undefined) return here('is an unknown operator');
    const args = rule[operator] as JsonValue;
    if (!Array.isArray(args)) {
      this.sourceCount += 2;
      return this.visit(args, level + 1);
    }
    this.sourceCount += 1 + args.length;
    return this.#visitAll(args, level + 1);
  }

  #visitList(list: readonly JsonValue[], level: number): RuleProblem | undefined {
    if (!isListOfConstants(list)) this.sourceCount += list.length;
    return this.#visitAll(list, level + 1);
  }

  #visitAll(rules: readonly JsonValue[], level: number): RuleProblem | undefined {
    for (let i = 0; i < rules.length; i++) {
      const problem = this.visit(rules[i] as JsonValue, level);
      if (problem !== undefined) return at(i, problem);
    }
    return undefined;
  }

  #visitReference(rule: JsonObject, level: number): RuleProblem | undefined {
    const [name, ...others] = argumentsOf(rule, referenceOperator);
    if (typeof name !== 'string' || others.length > 0) return here('is not the name of an evaluator');
    if (this.#evaluators === undefined) return here('is in an evaluator, where references are not followed');
    const named = this.#evaluators.get(name);
    if (named === undefined) return here(`refers to the evaluator ${JSON.stringify(name)}, which is not there`);
    const { problem, depth, size, sourceCount } = checkNamedRule(named);
    if (problem !== undefined) {
      return here(`refers to the evaluator ${JSON.stringify(name)}, in which ${problem.pointer} ${problem.message}`);
    }
    this.size += size;
    this.sourceCount += sourceCount;
    this.depth = Math.max(this.depth, level + depth);
    if (level + depth > deepestRule) return here(`makes the rule deeper than ${deepestRule} levels`);
    if (this.size > largestRule) return here(`makes the rule larger than ${largestRule} values`);
    return undefined;
  }

  /** An object with no member or several is data. */
  #visitData(data: JsonObject, level: number): RuleProblem | undefined {
    const names = Object.keys(data);
    const operator = names.find((name) => name === referenceOperator || operators[name] !== undefined);
    if (operator !== undefined)
      return here(`has ${names.length} members; an operator such as "${operator}" stands alone`);
    return this.#visitMembers(data, names, level + 1);
  }

  /** In data nothing is an operator, but references stand for what they refer to. */
  #visitDatum(datum: JsonValue, level: number): RuleProblem | undefined {
    this.size++;
    if (typeof datum !== 'object' || datum === null) return undefined;
    if (level > this.depth) this.depth = level;
    if (level > deepestRule) return here(`is nested deeper than ${deepestRule} levels`);
    if (!Array.isArray(datum) && operatorOf(datum) === referenceOperator) {
      const problem = this.#visitReference(datum, level);
      return problem && at(referenceOperator, problem);
    }
    return this.#visitMembers(datum, Object.keys(datum), level + 1);
  }

  #visitMembers(data: JsonObject | JsonValue[], names: readonly string[], level: number): RuleProblem | undefined {
    for (const name of names) {
      const problem = this.#visitDatum((data as JsonObject)[name] as JsonValue, level);
      if (problem !== undefined) return at(name, problem);
    }
    return undefined;
  }
}

function isData(rule: JsonValue): boolean {
  return typeof rule === 'object' && rule !== null && !Array.isArray(rule) && operatorOf(rule) === undefined;
}

function here(message: string): RuleProblem {
  return { pointer: '', message };
}

function at(step: string | number, { pointer, message }: RuleProblem): RuleProblem {
  return { pointer: `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}${pointer}`, message };
}
