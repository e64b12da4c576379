import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import type { Api } from '../template/api.ts';
import type { Authorizer } from '../template/authorizers.ts';
import { authorizerEvent } from './authorizer-event.ts';
import { type Authorization, readAuthorizerResult } from './authorizer-result.ts';
import { apiArn } from './method-arn.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { GatewayRequest } from './request.ts';
import type { RouteMatch } from './router.ts';

/** The error message that API Gateway turns into a 401. Any other is a failure of the authorizer. */
const unauthorized = 'Unauthorized';

const explicitDeny = 'User is not authorized to access this resource with an explicit deny';

/**
 * Asks a Lambda authorizer about a request. The time limit is its function's own timeout.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export async function authorize(
  { id, target }: Authorizer,
  runtime: FunctionRuntime | undefined,
  {
    api,
    request,
    match,
  }: { readonly api: Api; readonly request: GatewayRequest; readonly match: RouteMatch },
): Promise<Authorization | Refusal> {
  if (runtime === undefined || !api.mayInvoke(target, `${apiArn(api)}/authorizers/${id}`)) {
    return refusal('AUTHORIZER_CONFIGURATION_ERROR');
  }
  const event = authorizerEvent(api, request, match);
  const outcome = await runtime.invoke(JSON.stringify(event), crypto.randomUUID());
  switch (outcome.kind) {
    case 'failed':
      return refusal(outcome.error.errorMessage === unauthorized ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE');
    case 'throttled':
    case 'too-large':
      return refusal('AUTHORIZER_FAILURE');
    case 'returned': {
      const authorization = readAuthorizerResult(outcome.payload, event.methodArn);
      if (authorization === undefined) return refusal('AUTHORIZER_CONFIGURATION_ERROR');
      if (authorization.verdict === 'allowed') return authorization;
      return refusal('ACCESS_DENIED', authorization.verdict === 'denied' ? { message: explicitDeny } : {});
    }
  }
}
