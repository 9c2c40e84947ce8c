import type { FlagSetDefinition } from '../server';

/** To begin with: a switch, and a roll-out to half of the users. */
export const exampleFlags: FlagSetDefinition = {
  flags: {
    'welcome-banner': {
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'on',
      metadata: { description: 'A switch: set defaultVariant to "off"' },
    },
    'new-search': {
      state: 'ENABLED',
      variants: { new: true, old: false },
      defaultVariant: 'old',
      targeting: {
        if: [
          { ends_with: [{ var: 'email' }, '@example.com'] },
          'new',
          {
            fractional: [
              ['new', 50],
              ['old', 50],
            ],
          },
        ],
      },
      metadata: { description: 'For our own staff, and for half of the others' },
    },
  },
};
