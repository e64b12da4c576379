import type { WriteLine } from '../log/log.ts';
import type { NoTeam } from './team-claim.ts';
import type { TokenFault } from './token-error.ts';

/**
 * All that is ever logged of a decision: on a token, or that there is no credential. An allow-list by construction: no
 * token, no claim but the team, no key and no header has a field here.
 */
export interface AuthorizationLog {
  readonly requestId: string;
  /** Whether the token was accepted, or the caller was refused. */
  outcome: 'token' | 'refused' | 'failed';
  reason?: TokenFault | NoTeam;
  /** What the operator can do about it: one of {@link remedies}. */
  remedy?: string;
  team?: string;
  /** What was not there: the issuer's keys, or the table. */
  failure?: string;
  totalMs?: number;
}

/** What to do about tokens that are valid and for no team here, where the token alone does not show it. */
export const remedies: { readonly [Reason in NoTeam]: string | undefined } = {
  no_team: undefined,
  claim_left_out:
    'The issuer left the claim out, because this person has too many groups. Have it put only the groups that are assigned to the app into the token, or use app roles (claim: roles).',
  claim_not_verified:
    'The issuer does not say that it verified this claim. Name a claim that people cannot set themselves, such as groups.',
};

const levels = { token: 'INFO', refused: 'WARN', failed: 'ERROR' } as const;

/** One JSON line a request, straight to standard output: `console` would wrap it in another object. */
export function logAuthorization(log: AuthorizationLog, at: number, write: WriteLine): void {
  const line = {
    timestamp: new Date(at).toISOString(),
    level: levels[log.outcome],
    message: 'authorization',
    ...log,
  };
  write(`${JSON.stringify(line)}\n`);
}
