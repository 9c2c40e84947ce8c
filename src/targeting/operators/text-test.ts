import type { Code } from 'json-logic-engine';
import type { DebugLog } from '../debug-log';
import { explaining, logical, type Operator } from '../operator';
import type { Value } from '../values';

/** An operator that asks something of two strings, and gives null for anything else. */
export function textTest(name: string, test: 'startsWith' | 'endsWith'): Operator {
  const method = (values: readonly Value[], debug: DebugLog): Value => {
    const [text, part] = values;
    if (values.length === 2 && typeof text === 'string' && typeof part === 'string') return text[test](part);
    debug(`${name} gives null: ${values.length === 2 ? 'not both are strings' : `it has ${values.length} arguments`}`);
    return null;
  };
  const generic = explaining(method);
  return logical({
    ...generic,
    compile(args, emit): Code {
      const part = emit.resolved(args[1]);
      if (args.length !== 2 || typeof part !== 'string') return generic.compile(args, emit);
      const literal = emit.value(part);
      const [text, otherwise] = [emit.value(args[0]), emit.constant(method)];
      return emit.code`(typeof (prev = ${text}) === 'string' ? prev.${emit.text(test)}(${literal}) : ${otherwise}([prev, ${literal}], debug))`;
    },
  });
}
