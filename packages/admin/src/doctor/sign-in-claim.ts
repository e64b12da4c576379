import { type ProxyConfig, userAttributes } from '@org/infra/config';
import { type Finding, warning } from './finding.ts';

/** User attributes that count only if the token says that the pool has verified them. */
const verified = new Set(['email', 'phone_number']);

/** Finds a claim that users of your own user pool may set by default, so that they could choose their team. */
export function checkSignInClaim({ signIn }: ProxyConfig): Finding[] {
  if (!signIn || !('cognito' in signIn) || signIn.cognito === 'create') return [];
  const { claim, cognito } = signIn;
  const isTheirs = claim.startsWith('custom:') || (userAttributes.includes(claim) && !verified.has(claim));
  if (!isTheirs) return [];
  const clients = cognito.clientId.join(', ');
  return [
    warning(
      { check: 'sign_in' },
      `users of ${cognito.userPoolId} may set ${claim} themselves, and so choose their team, unless their app client forbids it`,
      `Use cognito:groups; or make sure that ${claim} is not in the WriteAttributes of ${clients} or of another app client of the pool.`,
    ),
  ];
}
