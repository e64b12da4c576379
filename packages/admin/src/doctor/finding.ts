import { failureText } from '../failure-text.ts';

/** Subjects of checks: checked once, or for each of several. */
export type Check =
  | 'credentials'
  | 'bootstrap'
  | 'stack'
  | 'log_role'
  | 'throttle'
  | 'concurrency'
  | 'models'
  | 'model'
  | 'lifecycle'
  | 'guardrail'
  | 'prices'
  | 'price'
  | 'bearer'
  | 'sign_in'
  | 'plan'
  | 'key'
  | 'team'
  | 'teams'
  | 'person'
  | 'customer';

/** The thing that was checked. */
export interface Subject {
  readonly check: Check;
  /** Which of several: an alias, or the name of a plan, a key or a team. */
  readonly of?: string;
}

/** The result of one check of the account or the config. */
export interface Finding extends Subject {
  /** `error`: a deployment would fail, or answer nothing. `warning`: it would work, but not all of it. */
  readonly status: 'ok' | 'warning' | 'error';
  readonly what: string;
  /** Absent if there is nothing to do. */
  readonly remedy?: Remedy;
}

/** What to do. The program that shows it adds the command or button. */
export type Remedy =
  | { readonly kind: 'advice'; readonly text: string }
  /** About a call that failed. */
  | { readonly kind: 'failure'; readonly cause: unknown }
  /** Bootstrap the account and Region for the CDK. */
  | {
      readonly kind: 'bootstrap';
      readonly account: string;
      readonly region: string;
      readonly qualifier: string;
      /** Of the present bootstrap. */
      readonly present: 'none' | 'too old';
    }
  | { readonly kind: 'set_log_role' }
  | { readonly kind: 'make_team'; readonly team: string }
  | { readonly kind: 'make_key'; readonly team: string }
  /** Or put it back into the config. */
  | { readonly kind: 'delete_team'; readonly team: string }
  | { readonly kind: 'change_plan'; readonly plan: string }
  | { readonly kind: 'choose_guardrail'; readonly plan: string; readonly region: string };

export const ok = (subject: Subject, what: string): Finding => ({ ...subject, status: 'ok', what });

export const warning = (subject: Subject, what: string, remedy: Remedy | string): Finding => ({
  ...subject,
  status: 'warning',
  what,
  remedy: remedyOf(remedy),
});

export const error = (subject: Subject, what: string, remedy: Remedy | string): Finding => ({
  ...subject,
  status: 'error',
  what,
  remedy: remedyOf(remedy),
});

const remedyOf = (remedy: Remedy | string): Remedy =>
  typeof remedy === 'string' ? { kind: 'advice', text: remedy } : remedy;

/** Not known: the call that would show it failed. A deployment may still work. */
export function unknown(subject: Subject, cause: unknown, permission: string): Finding {
  const denied = cause instanceof Error && /^(?:AccessDenied|Unauthorized)/.test(cause.name);
  return warning(
    subject,
    `could not be checked: ${describeFailure(cause)}`,
    denied
      ? `Allow ${permission} for the credentials of this command, or check by hand.`
      : { kind: 'failure', cause },
  );
}

/** One line: the second line of an SDK error only says how to read the response. */
export function describeFailure(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? failureText(cause) : String(cause)).split('\n');
  return line;
}
