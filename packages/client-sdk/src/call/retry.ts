/** The longest wait that a server can ask for, in milliseconds. */
const maxHintMs = 60_000;
const firstBackoffMs = 500;
const maxBackoffMs = 8000;

/** How an attempt failed, as far as a retry depends on it. */
export interface Failure {
  readonly code: string;
  readonly retryable: boolean;
  /** The wait that the server asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

export interface Situation {
  /** How many attempts were made. */
  readonly attempts: number;
  /** Time since the call began, waits included, in milliseconds. */
  readonly elapsedMs: number;
  /** The whole call's limit, in milliseconds since it began. */
  readonly deadlineMs: number;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * Whether to send a failed request again, and after how many milliseconds; `undefined` means no.
 *
 * A wait that the server asks for is never cut short. If it is too long, the call fails at once, and the caller can read
 * the hint on the error.
 */
export function decideRetry(failure: Failure, situation: Situation): number | undefined {
  if (!failure.retryable || failure.code === 'quota_exceeded') {
    return undefined;
  }
  const hint = failure.retryAfterMs;
  if (hint !== undefined && hint > maxHintMs) {
    return undefined;
  }
  const waitMs = Math.ceil(hint === undefined ? backoff(situation) : spread(hint, situation));
  return situation.elapsedMs + waitMs < situation.deadlineMs ? waitMs : undefined;
}

function backoff({ attempts, random }: Situation): number {
  return longestBackoff(attempts) * (0.5 + random / 2);
}

/** Not before the hint, and not all at once: callers that were refused together have the same hint. */
function spread(hint: number, { attempts, random }: Situation): number {
  return hint + random * Math.max(hint / 10, Math.min(hint, longestBackoff(attempts)));
}

function longestBackoff(attempts: number): number {
  return Math.min(firstBackoffMs * 2 ** (attempts - 1), maxBackoffMs);
}
