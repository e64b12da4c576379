import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { TemplateRule } from './rule.ts';
import { resourcesOf, textOf } from './template.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const responseTypes: readonly unknown[] = Object.values(ResponseType).map(({ responseType }) => responseType);

const responseTypeIsKnown: TemplateRule = {
  name: 'response-type-is-known',
  description: "Every gateway response is of a type that API Gateway has; callers would get AWS's own body.",
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::ApiGateway::GatewayResponse')) {
      const type = properties['ResponseType'];
      if (responseTypes.includes(type)) continue;
      yield {
        resource: id,
        property: 'ResponseType',
        message: `API Gateway has no response type ${textOf(type)}`,
      };
    }
  },
};

/** Without a status of its own it would change that of every answer of its class. */
const defaultKeepsStatus: TemplateRule = {
  name: 'default-keeps-status',
  description: 'The response for every other 4xx leaves its status as it is.',
  *check(template) {
    for (const { id, properties } of resourcesOf(template, 'AWS::ApiGateway::GatewayResponse')) {
      if (properties['ResponseType'] !== 'DEFAULT_4XX' || properties['StatusCode'] === undefined) continue;
      yield { resource: id, property: 'StatusCode', message: 'gives every 4xx this status; leave it out' };
    }
  },
};

export const gatewayResponseRules: readonly TemplateRule[] = [responseTypeIsKnown, defaultKeepsStatus];
