import { expect, test } from 'vitest';
import shipped from '../../../proxy.config.ts';
import { parseProxyConfig } from '../../config/config.ts';
import {
  joined,
  only,
  resources,
  templateOf,
  withDomain,
  withPrivateApi,
} from '../../testing/template-under-test.ts';

test('a private API is reached through its VPC endpoints, and named by the first', () => {
  const template = templateOf(parseProxyConfig({ ...shipped, ...withPrivateApi }));
  expect(only(template, 'AWS::ApiGateway::RestApi')).toMatchObject({
    EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0123456789abcdef0'] },
    SecurityPolicy: 'TLS_1_2',
  });
  expect(only(template, 'AWS::ApiGateway::RestApi')).not.toHaveProperty('EndpointAccessMode');
  const stage = Object.keys(template.Resources).find((id) => id.includes('DeploymentStage')) ?? '';
  const named = new Map([
    ['AWS::URLSuffix', 'amazonaws.com'],
    [stage, 'dev'],
  ]);
  expect(joined(template.Outputs['Endpoint']?.Value, (id) => named.get(id) ?? 'api')).toBe(
    'https://api-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com/dev/',
  );
});

test('a domain is the endpoint, takes the same TLS and addresses, and its DNS target is an output', () => {
  const template = templateOf(parseProxyConfig({ ...shipped, ...withDomain }));
  const endpoint = {
    EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
    SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
    EndpointAccessMode: 'STRICT',
  };
  expect(only(template, 'AWS::ApiGateway::RestApi')).toMatchObject({
    ...endpoint,
    DisableExecuteApiEndpoint: true,
  });
  expect(only(template, 'AWS::ApiGateway::DomainName')).toMatchObject({
    ...endpoint,
    DomainName: 'llm.example.com',
  });
  const [domainId] = resources(template, 'AWS::ApiGateway::DomainName').keys();
  expect(only(template, 'AWS::ApiGateway::BasePathMapping')).toMatchObject({
    DomainName: { Ref: domainId },
    BasePath: 'llm',
  });
  expect(template.Outputs).toMatchObject({
    Endpoint: { Value: 'https://llm.example.com/llm/' },
    DomainTarget: { Value: { 'Fn::GetAtt': [domainId, 'RegionalDomainName'] } },
  });
});

test('a caller without sign-in that the policy denies gets no advice about sign-in', () => {
  const denied = (config: object) =>
    [
      ...resources(
        templateOf(parseProxyConfig({ ...shipped, ...config })),
        'AWS::ApiGateway::GatewayResponse',
      ).values(),
    ].find(({ ResponseType }) => ResponseType === 'ACCESS_DENIED')?.['ResponseTemplates'];
  const [open, closed] = [denied({}), denied({ allowFrom: ['203.0.113.0/24'] })].map((templates) =>
    JSON.stringify(templates),
  );
  expect(open).toContain('sign-in');
  expect(closed).not.toContain('sign-in');
  expect(closed).toContain('access_denied');
});
