import { textTest } from './text-test';

/** Whether a string begins with another: `[string, string]`. */
export const startsWith = textTest('starts_with', 'startsWith');
