import { expect, test } from 'vitest';
import { config, issuesOf } from '../testing/config-under-test.ts';

const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012';
const domain = { name: 'llm.example.com', certificateArn };
const privateApi = { vpcEndpointIds: ['vpce-0123456789abcdef0'] };

test.each([
  ['a private API', { privateApi }],
  ['ranges of both kinds', { allowFrom: ['203.0.113.0/24', '203.0.113.7/32', '2001:db8::/32'] }],
  ['a private API for some addresses', { privateApi, allowFrom: ['10.0.0.0/8'] }],
  ['a domain', { domain: { ...domain, basePath: 'llm', disableDefaultEndpoint: true } }],
  ['a TLS policy', { tlsPolicy: 'SecurityPolicy_TLS13_1_3_2025_09' }],
  [
    'a firewall and web pages with a private API',
    { privateApi, waf: true, cors: { origins: ['https://chat.example.com'] } },
  ],
])('%s is taken', (_what, lines) => expect(issuesOf({ ...config, ...lines })).toEqual([]));

test.each([
  ['privateApi.vpcEndpointIds', /at least one/, { privateApi: { vpcEndpointIds: [] } }],
  ['privateApi.vpcEndpointIds.0', /vpce-0123456789abcdef0/, { privateApi: { vpcEndpointIds: ['vpc-1'] } }],
  ['allowFrom', /leave it out/, { allowFrom: [] }],
  ['allowFrom.0', /203\.0\.113\.7\/32/, { allowFrom: ['203.0.113.7'] }],
  ['allowFrom.1', /every address/, { allowFrom: ['203.0.113.0/24', '0.0.0.0/0'] }],
  ['allowFrom', /at most 150/, { allowFrom: Array.from({ length: 151 }, () => '203.0.113.0/24') }],
  ['domain.name', /llm\.example\.com/, { domain: { ...domain, name: '*.example.com' } }],
  ['domain.basePath', /without slashes/, { domain: { ...domain, basePath: 'a/b' } }],
  ['domain.certificateArn', /must be the ARN/, { domain: { ...domain, certificateArn: 'mine' } }],
  [
    'domain.certificateArn',
    /is a certificate in eu-west-1, but API Gateway needs one in us-east-1/,
    { domain: { ...domain, certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') } },
  ],
  ['domain', /does not map a public domain to a private API/, { domain, privateApi }],
  ['tlsPolicy', /must be one of "TLS_1_2", "SecurityPolicy_/, { tlsPolicy: 'TLS_1_0' }],
])('%s is refused: %s', (path, message, lines) => {
  expect(issuesOf({ ...config, ...lines })).toEqual([{ path, message: expect.stringMatching(message) }]);
});
