/** Flag sets as a company would have them: five kinds of flags, about 350 bytes of JSON each, the same in every run. */

const teams = ['checkout', 'search', 'billing', 'mobile', 'growth', 'platform', 'support'];
const cities = ['Zürich', 'London', 'Kraków', 'Lisbon', 'Montréal', 'Berlin'];

/** The kinds, by turns. Each has two variants to toggle between; without a context each answers its default. */
const kinds = [
  (i) => ({
    variants: { on: true, off: false },
    targeting: {
      if: [{ '==': [{ var: 'plan' }, 'enterprise'] }, 'on', { in: [{ var: 'city' }, [at(cities, i), 'Paris']] }, 'off'],
    },
  }),
  (i) => ({
    variants: { treatment: 'variant-b', control: 'variant-a' },
    targeting: {
      fractional: [{ var: 'email' }, ['treatment', 5 + (i % 40)], ['control', 95 - (i % 40)]],
    },
  }),
  (i) => ({
    variants: { on: true, off: false },
    targeting: {
      if: [
        { and: [{ sem_ver: [{ var: 'app.version' }, '>=', `${i % 9}.4.0`] }, { $ref: 'staff' }] },
        'on',
        { ends_with: [{ var: 'email' }, '@partner.example.com'] },
        'on',
      ],
    },
  }),
  (i) => ({
    variants: { few: 10 + (i % 7), many: 250 + (i % 9) },
    targeting: {
      if: [{ in: [{ var: 'country' }, ['CH', 'DE', 'AT', 'FR', 'IT', 'PL', 'PT', 'ES']] }, 'many', null],
    },
  }),
  (i) => ({
    variants: {
      calm: { colour: '#1f6feb', columns: 2, title: 'Willkommen', animated: false },
      loud: { colour: '#d1242f', columns: 3 + (i % 3), title: 'Welcome & enjoy', animated: true },
    },
  }),
];

function at(list, i) {
  return list[i % list.length];
}

export function flagKey(i) {
  return `${at(teams, i)}.feature-${String(i).padStart(6, '0')}`;
}

/** The value of flag `i` for an empty context, after it has been toggled `times` times. */
export function defaultValue(i, times) {
  return Object.values(at(kinds, i)(i).variants)[times % 2];
}

function definition(i, times) {
  const { variants, targeting } = at(kinds, i)(i);
  return {
    state: 'ENABLED',
    variants,
    defaultVariant: Object.keys(variants)[times % 2],
    ...(targeting && { targeting }),
    metadata: {
      owner: `${at(teams, i)}@example.com`,
      ticket: `FLAG-${10_000 + i}`,
      purpose: `Rollout number ${i}; remove when it is everywhere`,
    },
  };
}

const surroundings = {
  metadata: { flagSetId: 'bench', version: '2026.1' },
  $evaluators: { staff: { ends_with: [{ var: 'email' }, '@example.com'] } },
};

/** A flag set on the server's side, whose flags are toggled one by one. */
export class FlagSet {
  #toggled;
  #texts;

  constructor(flagCount) {
    this.#toggled = new Array(flagCount).fill(0);
    this.#texts = this.#toggled.map((times, i) => member(i, times));
  }

  get size() {
    return this.#texts.length;
  }

  /** Changes the default variant of one flag. */
  toggle(i) {
    this.#texts[i] = member(i, ++this.#toggled[i]);
  }

  /** As compact JSON. */
  text() {
    return wrap(this.#texts);
  }

  /** One flag alone, as a flag set. */
  textOf(i) {
    return `{"flags":{${this.#texts[i]}}}`;
  }

  /** The same flags, written otherwise. */
  rewritten(how) {
    switch (how) {
      case 'reordered':
        return wrap([...this.#texts].reverse());
      case 'reformatted':
        return JSON.stringify(JSON.parse(this.text()), null, 2);
      case 're-serialised':
        return asciiJson(sorted(JSON.parse(this.text())));
      default:
        throw new Error(`there is no way of writing called ${how}`);
    }
  }
}

function member(i, times) {
  return `${JSON.stringify(flagKey(i))}:${JSON.stringify(definition(i, times))}`;
}

function wrap(members) {
  const { metadata, $evaluators } = surroundings;
  return `{"metadata":${JSON.stringify(metadata)},"flags":{${members.join(',')}},"$evaluators":${JSON.stringify($evaluators)}}`;
}

/** Members in alphabetic order at every depth, as many serialisers write them. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** What is outside ASCII, and what HTML gives a meaning to, as escapes. */
function asciiJson(value) {
  return JSON.stringify(value).replace(/[^ -~]|[<>&]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
