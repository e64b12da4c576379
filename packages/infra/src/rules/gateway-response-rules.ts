import type { TemplateRule } from './rule.ts';
import { resourcesOf } from './template.ts';

/** Without its own status, it would change the status of every answer of its class. */
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

export const gatewayResponseRules: readonly TemplateRule[] = [defaultKeepsStatus];
