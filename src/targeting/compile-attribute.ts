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
  const tests = [`(syncContext === undefined || syncContext[${names[0]}] === undefined)`];
  let container = 'context';
  for (const [index, name] of names.entries()) {
    if (index > 0) tests.push(`typeof prev === 'object'`, 'prev !== null');
    tests.push(`Object.getPrototypeOf(${container}) === Object.prototype`, `Object.prototype[${name}] === undefined`);
    tests.push(`((prev = ${container}[${name}]), true)`);
    container = 'prev';
  }
  const isPlain = emit.text(`(typeof prev === 'string' || typeof prev === 'number' || typeof prev === 'boolean')`);
  return emit.code`(${emit.text(tests.join(' && '))} ? ${isPlain} ? prev : ${emit.constant(toValue)}(prev) : ${slow})`;
}
