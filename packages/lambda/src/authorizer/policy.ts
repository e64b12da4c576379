import type { APIGatewayAuthorizerResult } from 'aws-lambda';
import type { NoTeam } from './team-claim.ts';

/** Whether the caller is let in, and the API key under which it is judged and counted. */
export type Decision = Allowed | Denied;

interface Allowed {
  readonly effect: 'Allow';
  /** Stands for the caller. Neither a secret nor a name. */
  readonly principalId: string;
  /** Value of the API key. */
  readonly apiKey: string;
  /** Only for a caller that has signed in. */
  readonly team?: string;
  /** The person who has signed in, as a {@link usageId}. */
  readonly person?: string | undefined;
}

interface Denied {
  readonly effect: 'Deny';
  readonly principalId: string;
  readonly reason: NoTeam;
}

/**
 * A decision in API Gateway's format, for every method of the stage. The API defines the methods, and they are the same
 * for all callers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function authorizerResult(decision: Decision, methodArn: string): APIGatewayAuthorizerResult {
  const { effect, principalId } = decision;
  // arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}
  const stageArn = methodArn.split('/', 2).join('/');
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: `${stageArn}/*` }],
    },
    ...(effect === 'Allow' && { usageIdentifierKey: decision.apiKey }),
    ...(effect === 'Allow' && decision.team !== undefined && { context: contextOf(decision) }),
  };
}

/** The facts that the function behind the routes gets. */
function contextOf({ team, person }: Allowed): APIGatewayAuthorizerResult['context'] {
  return { team, ...(person !== undefined && { person }) };
}
