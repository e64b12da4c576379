import { installation } from '@org/installation';
import { codeOf } from '../failure-text.ts';

/** Also for credentials that the SDK finds nowhere. */
export const signInAdvice = 'Sign in (aws sso login, aws configure), or choose a profile with AWS_PROFILE.';
const checkNetwork =
  'Check the network. If it needs a proxy, set HTTPS_PROXY. Then run this again: finished steps stay done.';
const permissions = `${installation.documents}/keys.md lists the permissions that this needs.`;
const trust =
  "Node does not trust the signer of this certificate, often because a company's proxy inspects connections. Set AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS to a file with your company's certificates.";
const checkClock = 'Check the clock of this machine, and the credentials.';
const checkRegion = 'Check the credentials, and that the Region of the config is enabled in the account.';

/** What to do about failures of AWS and of the network, by the error's name or code. */
const advices: Readonly<Record<string, string>> = {
  ExpiredToken: signInAdvice,
  ExpiredTokenException: signInAdvice,
  InvalidClientTokenId: checkRegion,
  UnrecognizedClientException: checkRegion,
  SignatureDoesNotMatch: checkClock,
  InvalidSignatureException: checkClock,
  RequestExpired: checkClock,
  AccessDenied: permissions,
  AccessDeniedException: permissions,
  UnauthorizedException: permissions,
  TooManyRequestsException:
    'API Gateway takes 10 management calls a second from an account and Region. Run this again: finished steps stay done.',
  Throttling: 'AWS throttles these calls. Run this again in a minute.',
  ThrottlingException: 'AWS throttles these calls. Run this again in a minute.',
  LimitExceededException:
    'An account and Region can have 10,000 API keys. Revoke unused ones, then run it again.',
  ResourceNotFoundException: 'Deploy first, or check that the config names the right stage and Region.',
  ECONNREFUSED: 'Nothing listens at this address. Check it; if HTTPS_PROXY is set, check that address too.',
  ENOTFOUND: `${checkNetwork} Also check that the Region of the config exists.`,
  EAI_AGAIN: checkNetwork,
  ECONNRESET: checkNetwork,
  EHOSTUNREACH: checkNetwork,
  ENETUNREACH: checkNetwork,
  ETIMEDOUT: checkNetwork,
  TimeoutError: checkNetwork,
  ERR_PROXY_TUNNEL:
    'At status 407, put user and password into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT. Otherwise allow this host in the proxy, or add it to NO_PROXY.',
  DEPTH_ZERO_SELF_SIGNED_CERT: trust,
  SELF_SIGNED_CERT_IN_CHAIN: trust,
  UNABLE_TO_GET_ISSUER_CERT: trust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust,
  CERT_HAS_EXPIRED: 'Check the clock of this machine, and that this is the right address.',
  CERT_NOT_YET_VALID: 'Check the clock of this machine, and that this is the right address.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Another server answers at this address. Check the network and HTTPS_PROXY.',
};

/**
 * What to do about a failed call of AWS, or about the network. A problem that this code found is an `AdminError`, and its
 * caller knows what to do.
 *
 * @returns Undefined if not known.
 */
export function awsAdvice(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError) return awsAdvice(error.errors[0]);
  return advices[error.name] ?? advices[codeOf(error) ?? ''];
}
