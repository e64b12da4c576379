import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { NetworkConfig } from '../../config/network.ts';

/**
 * Who may call the API. What is not named is denied, and not only not allowed: with a denial, API Gateway refuses before it
 * runs the authorizer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
 */
export function resourcePolicy({ privateApi, allowFrom }: NetworkConfig): PolicyDocument | undefined {
  if (!privateApi && !allowFrom) return undefined;
  const statement = (effect: Effect, conditions = {}) =>
    new PolicyStatement({
      effect,
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      // API Gateway writes the API's ARN here.
      resources: ['execute-api:/*'],
      conditions,
    });
  const statements = [statement(Effect.ALLOW)];
  if (privateApi) {
    const conditions = { StringNotEquals: { 'aws:SourceVpce': [...privateApi.vpcEndpointIds] } };
    statements.push(statement(Effect.DENY, conditions));
  }
  if (allowFrom) {
    const address = privateApi ? 'aws:VpcSourceIp' : 'aws:SourceIp';
    statements.push(statement(Effect.DENY, { NotIpAddress: { [address]: [...allowFrom] } }));
  }
  return new PolicyDocument({ statements });
}
