import type { WriteLine } from '../log/log.ts';
import type { TokenFault } from './token-error.ts';

/**
 * All that is ever logged of a decision: on a token, or that there is no credential. An allow-list by construction: no
 * token, no claim but the team, no key and no header has a field here.
 */
export interface AuthorizationLog {
  readonly requestId: string;
  /** Whether the token was accepted, or the caller was refused. */
  outcome: 'token' | 'refused' | 'failed';
  reason?: TokenFault | 'no_team';
  team?: string;
  /** What was not there: the issuer's keys, or the table. */
  failure?: string;
  totalMs?: number;
}

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
