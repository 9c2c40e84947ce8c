/** Which of the flags a client asks for. */
export interface Selector {
  /** Only flags of this source: a file's path as it was given, or the name given in code. */
  readonly source?: string;
  /** Only flags whose metadata has this `flagSetId`; the empty string selects those without. */
  readonly flagSetId?: string;
}

/** The text is no selector. The message says what one looks like. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

const names = ['source', 'flagSetId'] as const;

/**
 * Reads `flagSetId=checkout`, `source=flags.json`, both with a comma between them, or a bare source; the empty text
 * selects everything.
 *
 * @throws {SelectorError}
 */
export function parseSelector(text: string): Selector {
  if (text === '') return {};
  if (!text.includes('=')) return { source: text };
  const selector: { source?: string; flagSetId?: string } = {};
  for (const part of text.split(',')) {
    const separator = part.indexOf('=');
    const name = names.find((known) => known === part.slice(0, separator).trim());
    if (separator < 0 || name === undefined) throw malformed(text, `${quote(part)} is neither`);
    if (selector[name] !== undefined) throw malformed(text, `"${name}" is there twice`);
    selector[name] = part.slice(separator + 1).trim();
  }
  return selector;
}

function malformed(text: string, fault: string): SelectorError {
  return new SelectorError(
    `The selector ${quote(text)} is malformed: ${fault}. Expected "flagSetId=ID", "source=NAME", both with a comma between them, or just the name of a source.`,
  );
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
