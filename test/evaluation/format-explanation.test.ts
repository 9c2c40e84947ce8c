import { expect } from 'chai';
import { isatty } from 'node:tty';
import { explain } from '../../src/evaluation/explain';
import { formatExplanation } from '../../src/evaluation/format-explanation';
import { snapshotOf } from './snapshot-of';

describe('formatExplanation', () => {
  const snapshot = snapshotOf({
    evaluators: { isPro: { '==': [{ var: 'plan' }, 'pro'] } },
    flags: {
      colour: {
        variants: { red: '#f00', blue: '#00f' },
        defaultVariant: 'red',
        targeting: {
          if: [
            { and: [{ $ref: 'isPro' }, { some: [{ var: 'roles' }, { '==': [{ var: '' }, 'admin'] }] }] },
            { fractional: [{ var: 'email' }, ['red', 50], ['blue', 50], ['green', 0]] },
            { log: 'red' },
          ],
        },
      },
      '\u001b[31mevil\u0007': { variants: { '\u001b[2J': 'x' }, defaultVariant: '\u001b[2J', targeting: '\u009b' },
    },
  });

  const withoutContext = (text: string) => text.split('\n').filter((line) => !line.startsWith('  context'));

  it('is an indented tree', () => {
    const context = { plan: 'pro', roles: ['admin'], email: 'jon@company.com' };
    const text = formatExplanation(explain(snapshot, 'colour', context), { colors: false });
    expect(text).to.contain(
      '\n  context   {"plan":"pro","roles":["admin"],"email":"jon@company.com","$flagd":{"flagKey":"c',
    );
    expect(withoutContext(text)).to.deep.equal([
      'colour → red = "#f00" (TARGETING_MATCH)',
      '  state     ENABLED',
      '  variants  {"red":"#f00","blue":"#00f"}',
      '  default   red',
      '  targeting',
      '    if(true, "red", …) → "red"',
      '      and(true, true) → true',
      '        $ref isPro → true',
      '          ==("pro", "pro") → true',
      '            var("plan") → "pro"',
      '        some(["admin"], …) → true',
      '          var("roles") → ["admin"]',
      '          ==("admin", "admin") of "admin" → true',
      '            var("") → "admin"',
      '      fractional("jon@company.com", ["red",50], ["blue",50], ["green",0]) → "red"',
      '        "jon@company.com" has the hash 1557731397, which is 36 of 100',
      '        ▸ 0 to 49  "red"',
      '          50 to 99  "blue"',
      '          never  "green"',
      '        var("email") → "jon@company.com"',
    ]);
  });

  it('says what went wrong', () => {
    const text = formatExplanation(explain(snapshot, 'nobody', {}), { colors: false });
    expect(withoutContext(text)).to.deep.equal([
      "nobody → the caller's default (ERROR, FLAG_NOT_FOUND)",
      '  There is no flag "nobody".',
    ]);
  });

  it('has colours on a terminal only, unless asked for', () => {
    const explanation = explain(snapshot, 'colour', {});
    const escape = '\u001b[';
    expect(formatExplanation(explanation, { colors: true })).to.contain(escape);
    expect(formatExplanation(explanation, { colors: false })).not.to.contain(escape);
    const onTerminal = formatExplanation(explanation).includes(escape);
    expect(onTerminal).to.equal(isatty(1));
  });

  it('lets no flag send a sequence to the terminal', () => {
    const text = formatExplanation(explain(snapshot, '\u001b[31mevil\u0007', { a: '\u009b2J' }), { colors: false });
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    expect(text).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(text).to.contain('\\u001b[31mevil\\u0007');
  });
});
