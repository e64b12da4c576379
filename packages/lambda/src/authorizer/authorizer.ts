import { createHash } from 'node:crypto';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { failureName } from '../failure-name.ts';
import { receivedEvent } from '../http/received-event.ts';
import type { WriteLine } from '../log/log.ts';
import { type AuthorizationLog, logAuthorization } from './authorization-log.ts';
import type { AuthorizerConfig } from './config.ts';
import { credentialOf } from './credential.ts';
import { authorizerResult, type Decision } from './policy.ts';
import { teamsOf } from './team-claim.ts';
import type { TeamKeys } from './team-keys.ts';
import { TokenError, type TokenVerifier } from './token-verifier.ts';

export interface AuthorizerOptions {
  readonly config: AuthorizerConfig;
  readonly verify: TokenVerifier;
  readonly teamKeys: TeamKeys;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is read of API Gateway's event. */
export type AuthorizerEvent = Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'> & {
  readonly requestContext: { readonly requestId: string };
};

export type Authorizer = (event: AuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

const fromNobody: AuthorizerEvent = { headers: null, methodArn: '', requestContext: { requestId: '' } };

/** API Gateway takes exactly this text for a 401, and any other for a 500. */
const unauthorized = 'Unauthorized';

/**
 * Decides by which API key a request is judged and counted: the one that it brings, or that of the team that its
 * sign-in token is for. Whether the key is good is for API Gateway to say.
 *
 * @returns An authorizer that throws `Unauthorized` for a caller without a credential or with a token that is not
 *   valid, denies a token that is for no team here, and fails where nobody can say.
 */
export function createAuthorizer({ config, verify, teamKeys, write, now }: AuthorizerOptions): Authorizer {
  const decide = async (event: AuthorizerEvent, log: AuthorizationLog): Promise<Decision> => {
    const credential = credentialOf(event);
    if (!credential) throw new TokenError('missing');
    if (credential.kind === 'key') {
      log.outcome = 'key';
      return { effect: 'Allow', principalId: 'api-key', apiKey: credential.value };
    }
    const payload = await verify(credential.value);
    const principalId = principalOf(payload);
    const teams = await Promise.all(
      teamsOf(payload, config).map(async (team) => ({ team, apiKey: await teamKeys(team) })),
    );
    const first = teams.find(({ apiKey }) => apiKey !== undefined);
    if (first?.apiKey === undefined) {
      log.reason = 'no_team';
      return { effect: 'Deny', principalId };
    }
    Object.assign(log, { outcome: 'token', team: first.team });
    return { effect: 'Allow', principalId, apiKey: first.apiKey, team: first.team };
  };

  return async (sent) => {
    const event = receivedEvent(sent, fromNobody);
    const started = now();
    const log: AuthorizationLog = { requestId: event.requestContext.requestId, outcome: 'refused' };
    try {
      return authorizerResult(await decide(event, log), event.methodArn);
    } catch (error) {
      throw refusalOf(error, log);
    } finally {
      log.totalMs = now() - started;
      logAuthorization(log, started, write);
    }
  };
}

/** The error for API Gateway, after the failure was noted. Lambda logs its message, so it quotes nothing. */
function refusalOf(error: unknown, log: AuthorizationLog): Error {
  if (error instanceof TokenError) {
    log.reason = error.fault;
    return new Error(unauthorized);
  }
  log.outcome = 'failed';
  log.failure = failureName(error);
  return new Error("The caller cannot be judged: the issuer's signing keys or the table cannot be read");
}

/** The same for every request of a person, and nothing to find the person by. */
function principalOf({ iss, sub }: JwtPayload): string {
  return createHash('sha256')
    .update(JSON.stringify([iss, sub]))
    .digest('base64url');
}
