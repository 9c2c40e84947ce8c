import { expect } from 'chai';
import { readFlagFile } from '../../src/server/read-flag-file';
import { Fixture, flag } from './fixture';

describe('A flag file in YAML', () => {
  const fixture = Fixture.perTest();

  const yaml = `# which flags there are
flags:
  a: &a
    state: ENABLED
    variants: { on: true, off: false } # YAML 1.2: "on" is a text
    defaultVariant: on
  b:
    <<: *a
    defaultVariant: nope
`;

  it('is the same flag set as in JSON, comments, anchors and merge keys among it', async () => {
    const { document } = await readFlagFile(fixture().write('flags.yaml', yaml));
    expect(document).to.deep.equal({ flags: { a: flag('on'), b: { ...flag('on'), defaultVariant: 'nope' } } });
  });

  it('is served and watched', async () => {
    const path = fixture().write('flags.yml', yaml);
    const stream = fixture()
      .connect(await fixture().start({ files: [path] }), 'sync.v1')
      .syncFlags();
    await stream.next();
    fixture().write('flags.yml', yaml.replace('defaultVariant: on', 'defaultVariant: off'));
    expect((await stream.next()).set.flags).to.deep.equal({ a: flag('off') });
    expect(fixture().logger.at('warn')[0]).to.match(/flags\.yml:9:21: \/flags\/b\/defaultVariant is "nope"/);
  });

  const deep = 100_000;
  const bomb = Array.from({ length: 9 }, (_, level) => {
    const aliases = Array.from({ length: 10 }, () => (level === 0 ? 'x' : `*a${level - 1}`));
    return `a${level}: &a${level} [${aliases.join(',')}]`;
  }).join('\n');
  const unusable: readonly (readonly [string, string, RegExp])[] = [
    ['two members of one name', 'flags:\n  a: 1\n  a: 2\n', /:3:3: map keys must be unique$/],
    ['a bracket that is not closed', 'flags:\n  a: [1, 2\n  b: 3\n', /:3:3: /],
    ['a tab as indentation', 'flags:\n\ta: 1\n', /:2:1: tabs are not allowed/],
    ['a number that JSON does not have', 'flags:\n  a: .nan\n', /:2:6: this is no number in JSON$/],
    ['a tag', 'flags:\n  a: !secret x\n', /:2:6: unresolved tag: !secret$/],
    ['a list as the name of a member', 'flags:\n  [1, 2]: 3\n', /:2:3: this name of a member is no plain text$/],
    ['an alias of nothing', 'flags:\n  a: *nope\n', /:2:6: there is no anchor &nope before this$/],
    ['an alias of what it is in', 'flags: &all\n  a: *all\n', /:2:6: this alias stands for something/],
    ['a second document', 'flags: {}\n---\nflags: {}\n', /:2:1: a second document begins here/],
    ['nothing but comments', '# later\n', /:1:1: the file is empty$/],
    ['too deep a nesting', `flags: ${'['.repeat(deep)}${']'.repeat(deep)}`, /:1:\d+: the text is nested too deeply/],
    ['aliases that would fill the memory', `${bomb}\nflags: {}`, /excessive alias count/],
  ];
  for (const [what, text, message] of unusable) {
    it(`is refused with its place for ${what}`, async () => {
      const path = fixture().write('flags.yaml', text);
      const refusal = await readFlagFile(path).then(
        () => 'none',
        (error: unknown) => (error as Error).message,
      );
      expect(refusal).to.match(message);
    });
  }
});
