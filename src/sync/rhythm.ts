import type { ResolvedOptions } from '../config/options';
import { exponentialBackoff } from './backoff';
import type { Backoff } from './backoff';

/** How the attempts of one loss follow each other, as an immutable value. */
export interface Rhythm {
  /** Before the next attempt if no connection was made. Cheap, so it hardly slows down within ten seconds. */
  readonly connecting: Backoff;
  /** Before the next attempt if there was a connection and the stream failed on it. */
  readonly streaming: Backoff;
  /** How many attempts have failed on a connection: each begins with another of the server's addresses. */
  readonly skip: number;
  /** Milliseconds that a server may say nothing on a fresh stream. Grows: the first message may be large, and the way slow. */
  readonly silenceMs: number;
}

type BackoffOptions = Pick<ResolvedOptions, 'deadlineMs' | 'retryBackoffMs' | 'retryBackoffMaxMs'>;

const connectingFactor = 1.05;
const streamingFactor = 2;
const silencePerConnect = 6;
const longestSilenceMs = 600_000;

export function freshRhythm(options: BackoffOptions, random: () => number): Rhythm {
  const { retryBackoffMs: firstMs, retryBackoffMaxMs: maxMs } = options;
  return {
    connecting: exponentialBackoff({ firstMs, maxMs: Math.max(firstMs, maxMs / 2), factor: connectingFactor, random }),
    streaming: exponentialBackoff({ firstMs, maxMs, factor: streamingFactor, random }),
    skip: 0,
    silenceMs: connectMs(options) * silencePerConnect,
  };
}

/** Milliseconds that an attempt may take to make a connection. */
export function connectMs({ deadlineMs, retryBackoffMaxMs }: BackoffOptions): number {
  return Math.max(deadlineMs, retryBackoffMaxMs);
}

/** The wait after a failed attempt, and how the attempts follow each other from there. */
export function pause(
  rhythm: Rhythm,
  { connected }: { readonly connected: boolean },
): { delayMs: number; next: Rhythm } {
  const { connecting, streaming, skip, silenceMs } = rhythm;
  if (!connected) return { delayMs: connecting.delayMs, next: { ...rhythm, connecting: connecting.next() } };
  const next = {
    ...rhythm,
    streaming: streaming.next(),
    skip: skip + 1,
    silenceMs: Math.min(longestSilenceMs, 2 * silenceMs),
  };
  return { delayMs: streaming.delayMs, next };
}
