import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { failureName } from '../failure-name.ts';
import { receivedEvent } from '../http/received-event.ts';
import type { WriteLine } from '../log/log.ts';
import { type AuthorizationLog, logAuthorization, remedies } from './authorization-log.ts';
import { credentialOf } from './credential.ts';
import { authorizerResult, type Decision } from './policy.ts';
import { TokenError } from './token-error.ts';

/**
 * Says by which API key the bearer of a sign-in token is judged.
 *
 * @throws {TokenError} If the token is not valid.
 */
export type SignIn = (token: string) => Promise<Decision>;

export interface AuthorizerOptions {
  /** Left out: nobody signs in, and what a caller shows is an API key. */
  readonly signIn?: SignIn | undefined;
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
export function createAuthorizer({ signIn, write, now }: AuthorizerOptions): Authorizer {
  return async (sent) => {
    const event = receivedEvent(sent, fromNobody);
    const credential = credentialOf(event, { signIn: signIn !== undefined });
    // What becomes of a key is in the log of the function behind the routes.
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
