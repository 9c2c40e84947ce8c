import type { Code } from 'json-logic-engine';
import { readMerged, toValue } from './attributes';
import type { Emitter } from './emitter';

/**
 * Reads an attribute; undefined if there is none.
 *
 * The usual case takes no call: plain objects, and none of the names given to `Object.prototype` by anyone, so that what is
 * found is the object's own. Each reader has inline caches of its own, which makes it as fast as a hand-written access.
 */
export function compileAttribute(path: readonly string[], emit: Emitter): Code {
  const slow = emit.code`${emit.constant(readMerged)}(context, syncContext, ${emit.constant(path)})`;
  if (path.some((name) => name in Object.prototype)) return slow;
  const names = path.map((name) => JSON.stringify(name));
  const tests = [emit.text(`(syncContext === undefined || syncContext[${names[0]}] === undefined)`)];
  let container = emit.text('context');
  for (const [level, name] of names.entries()) {
    const key = emit.text(name);
    const value = emit.variable(`level ${level}`);
    if (level > 0) tests.push(emit.code`typeof ${container} === 'object' && ${container} !== null`);
    // the access comes first: from it V8 knows of which shape the object is, and need not call getPrototypeOf
    tests.push(
      emit.code`((${value} = ${container}[${key}]), Object.getPrototypeOf(${container}) === Object.prototype)`,
      emit.code`Object.prototype[${key}] === undefined`,
    );
    container = value;
  }
  const value = container;
  const isPlain = emit.code`typeof ${value} === 'string' || typeof ${value} === 'number' || typeof ${value} === 'boolean'`;
  const quick = emit.code`${isPlain} ? ${value} : ${emit.constant(toValue)}(${value})`;
  return emit.code`(${emit.join(tests, ' && ')} ? (${quick}) : ${slow})`;
}
