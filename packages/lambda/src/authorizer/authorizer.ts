import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { failureName } from '../failure-name.ts';
import { receivedEvent } from '../http/received-event.ts';
import type { WriteLine } from '../log/log.ts';
import { type AuthorizationLog, logAuthorization, remedies } from './authorization-log.ts';
import { credentialOf } from './credential.ts';
import { authorizerResult, type Decision } from './policy.ts';
import { TokenError } from './token-error.ts';

/**
 * Finds the API key that stands for the bearer of a sign-in token.
 *
 * @throws {TokenError} If the token is not valid.
 */
export type SignIn = (token: string) => Promise<Decision>;

export interface AuthorizerOptions {
  /** Left out: there is no sign-in, and every credential is an API key. */
  readonly signIn?: SignIn | undefined;
  readonly write: WriteLine;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The fields that are read from API Gateway's event. */
export type AuthorizerEvent = Pick<APIGatewayRequestAuthorizerEvent, 'headers' | 'methodArn'> & {
  readonly requestContext: { readonly requestId: string };
};

export type Authorizer = (event: AuthorizerEvent) => Promise<APIGatewayAuthorizerResult>;

const fromNobody: AuthorizerEvent = { headers: null, methodArn: '', requestContext: { requestId: '' } };

/** API Gateway answers 401 to exactly this string, and 500 to any other. */
const unauthorized = 'Unauthorized';

/**
 * Finds the API key under which a request is judged and counted: the key in the request, or the key of the sign-in
 * token's team. API Gateway checks whether the key is valid.
 *
 * @returns An authorizer that throws `Unauthorized` for a caller without a credential or with an invalid token, denies
 *   a valid token without a team, and fails if the issuer's keys or the table cannot be read.
 */
export function createAuthorizer({ signIn, write, now }: AuthorizerOptions): Authorizer {
  return async (sent) => {
    const event = receivedEvent(sent, fromNobody);
    const credential = credentialOf(event, { signIn: signIn !== undefined });
    // The function behind the routes logs the result for a key.
    if (credential?.kind === 'key') {
      const decision = { effect: 'Allow', principalId: 'api-key', apiKey: credential.value } as const;
      return authorizerResult(decision, event.methodArn);
    }
    const started = now();
    const log: AuthorizationLog = { requestId: event.requestContext.requestId, outcome: 'refused' };
    try {
      if (!credential || !signIn) throw new TokenError('missing');
      const decision = await signIn(credential.value);
      if (decision.effect === 'Allow') Object.assign(log, { outcome: 'token', team: decision.team });
      else Object.assign(log, { reason: decision.reason, remedy: remedies[decision.reason] });
      return authorizerResult(decision, event.methodArn);
    } catch (error) {
      throw refusalOf(error, log);
    } finally {
      log.totalMs = now() - started;
      logAuthorization(log, started, write);
    }
  };
}

/** Logs the failure and returns the error for API Gateway. Lambda logs its message, so it quotes nothing. */
function refusalOf(error: unknown, log: AuthorizationLog): Error {
  if (error instanceof TokenError) {
    log.reason = error.fault;
    return new Error(unauthorized);
  }
  log.outcome = 'failed';
  log.failure = failureName(error);
  return new Error("The authorizer cannot decide: the issuer's signing keys or the table cannot be read");
}
