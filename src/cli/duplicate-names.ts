import { visit } from 'jsonc-parser';

/** A member's name that its object already has. */
export interface DuplicateName {
  readonly name: string;
  readonly offset: number;
}

/** Of two members of one name JSON.parse takes the later, and says nothing. */
export function duplicateNames(json: string): readonly DuplicateName[] {
  const duplicates: DuplicateName[] = [];
  const open: Set<string>[] = [];
  try {
    visit(json, {
      onObjectBegin: () => void open.push(new Set()),
      onObjectEnd: () => void open.pop(),
      onObjectProperty: (name, offset) => {
        const names = open.at(-1);
        if (names?.has(name)) duplicates.push({ name, offset });
        names?.add(name);
      },
    });
  } catch (error) {
    // a text that is nested too deeply for this parser has been refused, or its flags are
    if (!(error instanceof RangeError)) throw error;
  }
  return duplicates;
}
