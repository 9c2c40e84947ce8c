import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { pages, readPage, root } from './markdown';

/** The names by which a page's headings can be linked to, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the links of the documentation', () => {
  for (const page of [...pages(), 'CONTRIBUTING.md', 'SECURITY.md']) {
    it(`lead somewhere: ${page}`, () => {
      const links = [...readPage(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
      for (const link of links.filter((target) => !/^https?:/.test(target))) {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        expect(existsSync(join(root, target)), `${page}: ${link}`).to.equal(true);
        if (anchor !== undefined && target.endsWith('.md')) expect(anchorsOf(target), link).to.include(anchor);
      }
    });
  }

  it('lead to every page from docs/README.md', () => {
    const index = readPage('docs/README.md');
    for (const page of pages().filter((name) => name.startsWith('docs/') && name !== 'docs/README.md')) {
      expect(index).to.contain(`](${page.slice('docs/'.length)})`);
    }
  });
});
