import { readPath } from '../attributes';
import type { Operator } from '../operator';
import { chooseVariant } from './buckets';
import { compileFractional } from './compile-fractional';

/** Puts users into buckets by weight: `[bucketing value?, [variant, weight?], …]`. */
export const fractional: Operator = {
  interpret(args, data, interpreter) {
    const values = interpreter.evaluateAll(args, data);
    const subject = { flagKey: readPath(data, ['$flagd', 'flagKey']), targetingKey: readPath(data, ['targetingKey']) };
    return chooseVariant(values, subject, interpreter.debug);
  },
  compile: compileFractional,
};
