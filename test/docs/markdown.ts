import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  /** The first word behind the fence. */
  readonly language: string;
  /** What comes behind it. */
  readonly note: string;
  readonly text: string;
  /** The block that comes next on the page. */
  readonly next?: Block;
  readonly line: number;
}

/** The pages of the documentation, relative to the root of the project. */
export function pages(): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.sort().map((name) => `docs/${name}`)];
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8').replaceAll('\r\n', '\n');
}

export function blocksOf(page: string): Block[] {
  const text = readPage(page);
  return [...text.matchAll(/^```(\S+)?(?: (.*))?\n([\s\S]*?)^```$/gm)].reduceRight<Block[]>(
    (later, { 1: language = '', 2: note = '', 3: content = '', index }) => {
      const line = text.slice(0, index).split('\n').length;
      const next = later[0];
      return [{ language, note, text: content, line, ...(next && { next }) }, ...later];
    },
    [],
  );
}
