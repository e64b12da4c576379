import { failureText } from '../failure-text.ts';

/** What one look at the account or the config found. */
export interface Finding {
  /** What was looked at: `credentials`, `model titan`. */
  readonly subject: string;
  /** `error`: a deployment would fail, or answer nothing. `warning`: it would work, but not all of it. */
  readonly status: 'ok' | 'warning' | 'error';
  readonly what: string;
  /** Absent where there is nothing to do. */
  readonly whatToDo?: string;
}

export const ok = (subject: string, what: string): Finding => ({ subject, status: 'ok', what });

export const warning = (subject: string, what: string, whatToDo: string): Finding => ({
  subject,
  status: 'warning',
  what,
  whatToDo,
});

export const error = (subject: string, what: string, whatToDo: string): Finding => ({
  subject,
  status: 'error',
  what,
  whatToDo,
});

/** Nobody can say: the call that would tell failed. A deployment may work all the same. */
export function unknown(subject: string, cause: unknown, permission: string): Finding {
  return warning(
    subject,
    `could not be looked at: ${describeFailure(cause)}`,
    `Allow ${permission} to whoever runs this, or look for yourself.`,
  );
}

/** In a line: an error of the SDK says in a second one how to get at the response. */
export function describeFailure(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? failureText(cause) : String(cause)).split('\n');
  return line;
}
