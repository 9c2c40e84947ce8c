const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves when the user or the system asks the process to end; a second request ends it at once. Keeps it running. */
export function untilInterrupted(): { readonly done: Promise<void>; cancel(): void } {
  const hold = setInterval(() => undefined, 2 ** 30);
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const cancel = () => {
    clearInterval(hold);
    for (const signal of signals) process.removeListener(signal, cancel);
    finish();
  };
  for (const signal of signals) process.on(signal, cancel);
  return { done, cancel };
}
