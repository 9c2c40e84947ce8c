import type { DebugLog } from '../debug-log';
import { explaining, logical } from '../operator';
import type { Value } from '../values';
import { compareVersions, parseVersion, type Version } from './version';

type Test = (left: Version, right: Version) => boolean;

const tests: ReadonlyMap<Value, Test> = new Map<Value, Test>([
  ['=', (left, right) => compareVersions(left, right) === 0],
  ['!=', (left, right) => compareVersions(left, right) !== 0],
  ['<', (left, right) => compareVersions(left, right) < 0],
  ['<=', (left, right) => compareVersions(left, right) <= 0],
  ['>', (left, right) => compareVersions(left, right) > 0],
  ['>=', (left, right) => compareVersions(left, right) >= 0],
  ['^', (left, right) => left.major == right.major],
  ['~', (left, right) => left.major == right.major && left.minor == right.minor],
]);

const generic = explaining((values, debug) => {
  const [left, sign, right] = values;
  if (values.length !== 3) return nothing(`it has ${values.length} arguments; expected 3`, debug);
  return run(left, tests.get(sign), parseVersion(right), debug);
});

/** Compares versions: `[version, operator, version]`. */
export const semVer = logical({
  ...generic,
  compile(args, emit) {
    const [sign, right] = [emit.resolved(args[1]), emit.resolved(args[2])];
    const isKnown = typeof sign === 'string' && (typeof right === 'string' || typeof right === 'number');
    if (args.length !== 3 || !isKnown) return generic.compile(args, emit);
    const [test, version] = [tests.get(sign), parseVersion(right)];
    const prepared = (left: Value, debug: DebugLog) => run(left, test, version, debug);
    return emit.code`${emit.constant(prepared)}(${emit.value(args[0])}, debug)`;
  },
});

function run(value: Value, test: Test | undefined, right: Version | undefined, debug: DebugLog): Value {
  if (test === undefined) return nothing('its operator is none of = != < <= > >= ^ ~', debug);
  const left = parseVersion(value);
  return left && right ? test(left, right) : nothing('not both are versions', debug);
}

function nothing(reason: string, debug: DebugLog): null {
  debug(`sem_ver gives null: ${reason}`);
  return null;
}
