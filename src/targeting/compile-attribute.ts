import type { Code } from 'json-logic-engine';
import { readMerged } from './attributes';
import type { Emitter } from './emitter';

/**
 * Reads an attribute; undefined if there is none.
 *
 * The usual case takes no call: plain objects down to a string, a number or a boolean, and none of the names given to
 * `Object.prototype` by anyone, so that what is found is the object's own. Each reader has inline caches of its own, which
 * makes it as fast as a hand-written access.
 */
export function compileAttribute(path: readonly string[], emit: Emitter): Code {
  const slow = emit.code`${emit.constant(readMerged)}(context, syncContext, ${emit.constant(path)})`;
  if (path.some((name) => name in Object.prototype)) return slow;
  const names = path.map((name) => JSON.stringify(name));
  const tests = [`(syncContext === undefined || syncContext[${names[0]}] === undefined)`];
  for (const [index, name] of names.entries()) {
    const container = index === 0 ? 'context' : 'prev';
    tests.push(`Object.prototype[${name}] === undefined`, `Object.getPrototypeOf(${container}) === Object.prototype`);
    const value = `(prev = ${container}[${name}])`;
    if (index < names.length - 1) tests.push(`typeof ${value} === 'object'`, 'prev !== null');
    else tests.push(`(typeof ${value} === 'string' || typeof prev === 'number' || typeof prev === 'boolean')`);
  }
  return emit.code`(${emit.text(tests.join(' && '))} ? prev : ${slow})`;
}
