/** Which answers are worth another try, and how long to wait for it. */

/** The service has not begun with what it answers so. */
const UNDONE = new Set([408, 429, 503]);
/** What stands in front of the service has no answer of it. */
const UNKNOWN = new Set([502, 504]);
/** Milliseconds of backoff beyond which waiting longer helps nobody. */
const LONGEST_BACKOFF = 8_000;
/** Milliseconds that a service may ask for; for longer the caller decides. */
const LONGEST_ASKED = 60_000;

export function isForNow(status: number, code: string | null): boolean {
  return UNDONE.has(status) || UNKNOWN.has(status) || code === "request_in_flight";
}

/**
 * Whether the request may have had its effect nevertheless. A change with If-Match would be refused the second time
 * because of the first, and a deletion not be found, so neither is repeated then.
 */
export function isUnknown(status: number): boolean {
  return UNKNOWN.has(status);
}

/**
 * Milliseconds until the next try, or null where the service asks for longer than is waited here. Anything between
 * nothing and a limit that doubles ("full jitter"), so that clients that failed together do not come back together;
 * never sooner than the service asks.
 */
export function pause(
  failed: number,
  retryDelay: number,
  retryAfter: string | null,
  random: () => number = Math.random,
): number | null {
  const backoff = random() * Math.min(LONGEST_BACKOFF, retryDelay * 2 ** (failed - 1));
  const asked = readRetryAfter(retryAfter);
  return asked > LONGEST_ASKED ? null : asked + backoff;
}

/** Milliseconds from now: seconds, or a date. */
function readRetryAfter(value: string | null): number {
  if (value === null) return 0;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - Date.now());
}

/** Resolves after so many milliseconds; rejects with the signal's reason as soon as it is aborted. */
export function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
