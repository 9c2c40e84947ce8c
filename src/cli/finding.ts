export type Severity = 'error' | 'warning';

/** What is wrong in a flag set, or can hardly be meant. */
export interface Finding {
  readonly severity: Severity;
  /** JSON pointer into the flag set. */
  readonly pointer: string;
  /** To be read behind the pointer. */
  readonly message: string;
}

export function error(pointer: string, message: string): Finding {
  return { severity: 'error', pointer, message };
}

export function warning(pointer: string, message: string): Finding {
  return { severity: 'warning', pointer, message };
}
