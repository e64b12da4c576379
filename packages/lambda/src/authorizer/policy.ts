import type { APIGatewayAuthorizerResult } from 'aws-lambda';

/** What API Gateway gets: whether the caller may go on, and by which API key it is judged and counted. */
export interface Decision {
  readonly effect: 'Allow' | 'Deny';
  /** Stands for the caller. No secret and no name. */
  readonly principalId: string;
  /** Value of the API key. */
  readonly apiKey?: string;
  readonly team?: string;
}

/**
 * A decision in API Gateway's words, for every method of the stage: which methods there are is the API's matter, and
 * the same for all.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function authorizerResult(
  { effect, principalId, apiKey, team }: Decision,
  methodArn: string,
): APIGatewayAuthorizerResult {
  // arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}
  const stageArn = methodArn.split('/', 2).join('/');
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: `${stageArn}/*` }],
    },
    ...(apiKey === undefined ? {} : { usageIdentifierKey: apiKey }),
    ...(team === undefined ? {} : { context: { team } }),
  };
}
