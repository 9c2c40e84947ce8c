/** The known name that another one may be a misspelling of. */
export function similarName(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z$]/g, '');
  const [closest] = known
    .map((other) => ({ other, steps: distance(plain(name), plain(other)) }))
    .filter(({ other, steps }) => steps <= Math.min(2, Math.floor(other.length / 3)))
    .sort((one, another) => one.steps - another.steps);
  return closest?.other;
}

/** The known name that was meant: the only one that is shorter or longer at its end, or one that is similar. */
export function likelyName(name: string, known: readonly string[]): string | undefined {
  const related = known.filter((other) => other.startsWith(name) || name.startsWith(other));
  return related.length === 1 ? related[0] : similarName(name, known);
}

/** How many letters must be added, taken away, replaced, or swapped with the next (optimal string alignment). */
function distance(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= one.length; i++) {
    const [before, last] = [rows[i - 2], rows[i - 1]!];
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = last[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = before && isSwap ? before[j - 2]! + 1 : Infinity;
      row.push(Math.min(replaced, swapped, last[j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[one.length]![other.length]!;
}
