import { textTest } from './text-test';

/** Whether a string ends with another: `[string, string]`. */
export const endsWith = textTest('ends_with', 'endsWith');
