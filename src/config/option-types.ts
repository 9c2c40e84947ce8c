/** How one kind of value is read, from the text of a variable and as an option. */
export interface OptionType<T> {
  /** What is accepted, as it completes "expected …". */
  readonly accepts: string;
  /** The value that a variable's text stands for; undefined if none. */
  fromText(text: string): T | undefined;
  /** The option's value if it can be used; undefined if not. */
  fromValue(value: unknown): T | undefined;
  /** Whether the value must not be printed. */
  readonly secret?: boolean;
  /** The texts that stand for a value, or for one of several, where there are few. */
  readonly values?: readonly string[];
}

const longestDelayMs = 2 ** 31 - 1; // what setTimeout can count

export const text: OptionType<string> = {
  accepts: 'a non-empty string',
  fromText: (given) => given,
  fromValue: (given) => (typeof given === 'string' && given !== '' ? given : undefined),
};

export const flag: OptionType<boolean> = {
  accepts: 'true or false',
  fromText: (given) => (/^true$/i.test(given) ? true : /^false$/i.test(given) ? false : undefined),
  fromValue: (given) => (typeof given === 'boolean' ? given : undefined),
};

/** A whole number in the range, both ends included. */
export function integer(min: number, max: number): OptionType<number> {
  const fromValue = (given: unknown) =>
    Number.isInteger(given) && (given as number) >= min && (given as number) <= max ? (given as number) : undefined;
  return {
    accepts: `a whole number from ${min} to ${max}`,
    fromText: (given) => (/^\d+$/.test(given) ? fromValue(Number(given)) : undefined),
    fromValue,
  };
}

/** Milliseconds, whole. */
export const delayMs = (min: number): OptionType<number> => integer(min, longestDelayMs);

/** Seconds, fractions allowed. */
export const seconds: OptionType<number> = {
  accepts: `a number of seconds from 0 to ${Math.floor(longestDelayMs / 1000)}`,
  fromText: (given) => (/^\d+(\.\d+)?$/.test(given) ? seconds.fromValue(Number(given)) : undefined),
  fromValue: (given) =>
    typeof given === 'number' && given >= 0 && given <= Math.floor(longestDelayMs / 1000) ? given : undefined,
};

export function oneOf<const T extends string>(...values: readonly T[]): OptionType<T> {
  const fromValue = (given: unknown) => values.find((value) => value === given);
  const accepts = `one of ${values.join(', ')}`;
  return { accepts, values, fromText: (given) => fromValue(given.toLowerCase()), fromValue };
}

/** Some of the given names, in a list or separated by commas; case does not matter. */
export function namesOf(known: readonly string[]): OptionType<readonly string[]> {
  const fromValue = (given: unknown) => {
    if (!Array.isArray(given)) return undefined;
    const names = given.map((name: unknown) => (typeof name === 'string' ? name.trim().toUpperCase() : ''));
    return names.every((name) => known.includes(name)) ? Object.freeze(names) : undefined;
  };
  return {
    accepts: `names out of ${known.join(', ')}`,
    values: known,
    fromText: (given) => fromValue(given.split(',').filter((name) => name.trim() !== '')),
    fromValue,
  };
}

/** Whether gRPC can send this header. Names ending in `-bin` take bytes and are not supported; `grpc-` is reserved. */
function isHeader(name: string, value: unknown): value is string {
  return (
    /^[0-9a-z_.-]+$/.test(name) &&
    !name.startsWith('grpc-') &&
    !name.endsWith('-bin') &&
    typeof value === 'string' &&
    /^[ -~]*$/.test(value)
  );
}

/** Request headers, as an object or as `name=value,name2=value2`. Their values may be secrets. */
export const headerFields: OptionType<Readonly<Record<string, string>>> = {
  accepts: 'printable header values under names of letters, digits, "-", "_" and "." that gRPC does not reserve',
  secret: true,
  fromText: (given) => {
    const fields = given.split(',').filter((field) => field.trim() !== '');
    if (fields.some((field) => !field.includes('='))) return undefined;
    return headerFields.fromValue(
      Object.fromEntries(
        fields.map((field) => {
          const at = field.indexOf('=');
          return [field.slice(0, at).trim(), field.slice(at + 1).trim()];
        }),
      ),
    );
  },
  fromValue: (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
    const fields = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value as unknown] as const);
    if (!fields.every(([name, value]) => isHeader(name, value))) return undefined;
    return Object.freeze(Object.fromEntries(fields) as Record<string, string>);
  },
};

export const token: OptionType<string | (() => string | Promise<string>)> = {
  accepts: 'a token of printable characters, or a function that returns one',
  secret: true,
  fromText: (given) => token.fromValue(given.trim()),
  fromValue: (given) => {
    if (typeof given === 'function') return given as () => string;
    return typeof given === 'string' && given !== '' && isHeader('authorization', given) ? given : undefined;
  },
};

/** A function. */
export function callable<T>(accepts: string): OptionType<T> {
  return {
    accepts,
    fromText: () => undefined,
    fromValue: (given) => (typeof given === 'function' ? (given as T) : undefined),
  };
}

/** An object that has all of these methods. */
export function withMethods<T extends object>(...methods: readonly (keyof T & string)[]): OptionType<T> {
  return {
    accepts: `an object with the methods ${methods.join(', ')}`,
    fromText: () => undefined,
    fromValue: (given) =>
      typeof given === 'object' && given !== null && methods.every((name) => typeof (given as T)[name] === 'function')
        ? (given as T)
        : undefined,
  };
}
