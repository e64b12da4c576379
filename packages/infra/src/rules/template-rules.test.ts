import { expect, test } from 'vitest';
import { gatewayResponseRules } from './gateway-response-rules.ts';
import { logRules } from './log-rules.ts';
import { SynthesizedTemplate } from './template.ts';

const findings = (Type: string, properties: object) => {
  const template = SynthesizedTemplate.parse({ Resources: { Odd: { Type, Properties: properties } } });
  return [...gatewayResponseRules, ...logRules].flatMap(({ check }) => [...check(template)]);
};

test.each([
  ['AWS::ApiGateway::GatewayResponse', 'ResponseType'],
  ['AWS::Logs::LogGroup', 'RetentionInDays'],
])('of %s, a %s that cannot be turned into text is named all the same', (type, property) => {
  const message = expect.stringContaining('{"toString":"no function"}');
  expect(findings(type, { [property]: { toString: 'no function' } })).toEqual([
    { resource: 'Odd', property, message },
  ]);
});
