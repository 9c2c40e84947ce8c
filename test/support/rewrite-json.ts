/**
 * The same JSON, written otherwise: members in another order, white space, escapes, other notations of numbers.
 *
 * @param seed chooses how
 */
export function rewriteJson(text: string, seed: number): string {
  let state = seed;
  const chance = (sides: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % sides;
  };
  const space = () => ['', '', ' ', '\n  ', '\t', '\r\n'][chance(6)]!;
  const string = (value: string) =>
    JSON.stringify(value).replace(/[^\\u"]/g, (character, offset: number, whole: string) => {
      const isEscaped = whole[offset - 1] === '\\' || /\\u.{0,3}$/.test(whole.slice(0, offset));
      if (isEscaped || chance(5) > 0) return character;
      return [...Array(character.length).keys()]
        .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
        .join('');
    });
  const number = (value: number) => {
    if (value === 0) return Object.is(value, -0) ? '-0' : ['0', '0.0', '0e5'][chance(3)]!;
    if (!Number.isInteger(value) || Math.abs(value) >= 1e15) return String(value);
    return [String(value), `${value}.0`, `${value}e0`, `${value}0E-1`][chance(4)]!;
  };
  const write = (value: unknown): string => {
    if (typeof value === 'string') return string(value);
    if (typeof value === 'number') return number(value);
    if (typeof value !== 'object' || value === null) return String(value);
    const inside = (parts: string[]) => parts.map((part) => `${space()}${part}${space()}`).join(',') || space();
    if (Array.isArray(value)) return `[${inside(value.map(write))}]`;
    const members = Object.entries(value).map(
      ([name, member]) => `${string(name)}${space()}:${space()}${write(member)}`,
    );
    for (let i = members.length - 1; i > 0; i--) {
      const other = chance(i + 1);
      [members[i], members[other]] = [members[other]!, members[i]!];
    }
    return `{${inside(members)}}`;
  };
  return write(JSON.parse(text));
}
