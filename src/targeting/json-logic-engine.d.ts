/** The little that is used here of json-logic-engine, whose own declarations its `exports` map hides. */
declare module 'json-logic-engine' {
  /** A piece of generated source text. */
  export interface Code {
    readonly json_logic_compiled: unique symbol;
  }

  /** What one compilation has gathered so far. */
  export interface BuildState {
    readonly engine: LogicEngine;
    /** What generated code reaches as `values[0]`, `values[1]`, … */
    readonly values: unknown[];
    /** Further parameters of the function that is generated; the first is always `context`. */
    extraArguments: string;
    /** Joins source text with code, and with rules that are compiled in their place. */
    compile(strings: readonly string[], ...items: readonly unknown[]): Code;
  }

  export interface Method {
    /** Whether it gets its arguments as rules, and not their values. */
    readonly lazy: boolean;
    /** Whether the engine may run it while compiling. */
    readonly deterministic: boolean;
    readonly method: (args: unknown, context: unknown, above: unknown, engine: LogicEngine) => unknown;
    readonly compile: (args: unknown, state: BuildState) => Code;
  }

  export class LogicEngine {
    constructor(methods: Readonly<Record<string, Method>>, options?: Readonly<Record<string, unknown>>);
    readonly methods: Record<string, Method>;
  }

  export const Compiler: {
    /** @throws {EvalError} where code generation is not allowed */
    build(rule: unknown, state: Pick<BuildState, 'engine' | 'extraArguments'>): (...args: never[]) => unknown;
  };
}
