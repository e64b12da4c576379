import type { WriteLine } from '../log/log.ts';
import type { NoTeam } from './team-claim.ts';
import type { TokenFault } from './token-error.ts';

/**
 * The only log fields of a decision on a token, or of a missing credential. An allow-list by construction: it has no
 * field for a token, a key, a header, or a claim other than the team.
 */
export interface AuthorizationLog {
  readonly requestId: string;
  /** Whether the token was accepted or the caller was refused. */
  outcome: 'token' | 'refused' | 'failed';
  reason?: TokenFault | NoTeam;
  /** What the operator can do about it: one of {@link remedies}. */
  remedy?: string;
  team?: string;
  /** The part that failed: the issuer's keys, or the table. */
  failure?: string;
  totalMs?: number;
}

/** Remedies for valid tokens without a team, if the token alone does not show the reason. */
export const remedies: { readonly [Reason in NoTeam]: string | undefined } = {
  no_team: undefined,
  claim_left_out:
    'The issuer left the claim out, because this person has too many groups. Have it put only the groups that are assigned to the app into the token, or use app roles (claim: roles).',
  claim_not_verified:
    'The issuer does not say that it verified this claim. Name a claim that people cannot set themselves, such as groups.',
};

const levels = { token: 'INFO', refused: 'WARN', failed: 'ERROR' } as const;

/** Writes one JSON line per request to standard output. `console` would wrap it in another object. */
export function logAuthorization(log: AuthorizationLog, at: number, write: WriteLine): void {
  const line = {
    timestamp: new Date(at).toISOString(),
    level: levels[log.outcome],
    message: 'authorization',
    ...log,
  };
  write(`${JSON.stringify(line)}\n`);
}
