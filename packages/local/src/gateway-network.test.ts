import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { localCredentials } from '@org/admin/local-gateway';
import { describe, expect, test } from 'vitest';
import type { Template } from './gateway.ts';
import { addAuthorizer, edit } from './testing/deployment.ts';
import { native, startTestGateway as start, type TestGateway } from './testing/gateway.ts';

const statement = (effect: string, condition: object) => ({
  ...{ Effect: effect, Principal: { AWS: '*' }, Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
  Condition: condition,
});

/** The policy that the stack writes: everyone may call, except who is denied. */
const denying =
  (...conditions: object[]) =>
  (template: Template) =>
    edit(template, 'Api', {
      Policy: {
        Version: '2012-10-17',
        Statement: [statement('Allow', {}), ...conditions.map((condition) => statement('Deny', condition))],
      },
    });

const someAddresses = { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] } };

const from = async (gateway: TestGateway, sourceIp: string, headers = {}) =>
  (await gateway.ask({}, { 'x-local-source-ip': sourceIp, ...headers })).status;

describe('a policy about addresses', () => {
  test('lets the listed ranges of both kinds in, and this machine, which stands for one of them', async () => {
    const gateway = await start({ editTemplate: denying(someAddresses) });
    expect((await gateway.ask()).status).toBe(200);
    expect(await from(gateway, '203.0.113.9')).toBe(200);
    expect(await from(gateway, '2001:db8::1')).toBe(200);
    expect(await from(gateway, '203.0.114.1')).toBe(403);
    expect(await from(gateway, '2001:db9::1')).toBe(403);
    expect(await from(gateway, 'nonsense')).toBe(403);
  });

  test('is asked before the authorizer runs, and shows the function the address that it let in', async () => {
    const gateway = await start({
      editTemplate: (template) => addAuthorizer(denying(someAddresses)(template)),
    });
    const failing = { 'x-order': '{"do":"throw","message":"ran"}' };
    const refused = await gateway.ask({}, { 'x-local-source-ip': '198.51.100.1', ...failing });
    expect(await native(refused)).toMatchObject({ status: 403, errorType: 'AccessDeniedException' });
    expect(gateway.lines.filter(({ line }) => line.includes('ran'))).toEqual([]);
    const open = await start({ editTemplate: denying(someAddresses) });
    const reply = await open.ask({}, { 'x-local-source-ip': '203.0.113.9' });
    expect(await reply.json()).toMatchObject({
      event: { requestContext: { identity: { sourceIp: '203.0.113.9' } } },
    });
  });

  test('that only allows lets others in where an authorizer decides, and nowhere else', async () => {
    const allowing = (template: Template) =>
      edit(template, 'Api', {
        Policy: { Statement: [statement('Allow', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })] },
      });
    const gateway = await start({ editTemplate: allowing });
    expect(await from(gateway, '203.0.113.9')).toBe(200);
    expect(await from(gateway, '198.51.100.1')).toBe(403);
    const authorized = await start({ editTemplate: (template) => addAuthorizer(allowing(template)) });
    const key = JSON.stringify({ key: authorized.keyNamed('team-key') });
    expect(await from(authorized, '198.51.100.1', { 'x-order': key })).toBe(200);
  });
});

describe('a private API', () => {
  const privately = (template: Template) =>
    edit(template, 'Api', { EndpointConfiguration: { Types: ['PRIVATE'] } });
  const endpoints = { StringNotEquals: { 'aws:SourceVpce': ['vpce-1'] } };

  test('answers through its VPC endpoints and for the addresses there, and not the internet', async () => {
    const addresses = { NotIpAddress: { 'aws:VpcSourceIp': ['10.0.0.0/8'] } };
    const gateway = await start({
      editTemplate: (template) => denying(endpoints, addresses)(privately(template)),
    });
    expect((await gateway.ask()).status).toBe(200);
    expect(await from(gateway, '10.1.2.3', { 'x-local-vpc-endpoint': 'vpce-1' })).toBe(200);
    expect(await from(gateway, '192.0.2.1', { 'x-local-vpc-endpoint': 'vpce-1' })).toBe(403);
    expect(await from(gateway, '10.1.2.3', { 'x-local-vpc-endpoint': 'vpce-2' })).toBe(403);
    expect(await from(gateway, '10.1.2.3')).toBe(403);
  });

  test('without a policy is refused at start, as API Gateway refuses to deploy it', async () => {
    await expect(start({ editTemplate: privately })).rejects.toThrow('no private API without a policy');
  });
});

test.each([
  ['another condition', { Bool: { 'aws:SecureTransport': 'false' } }],
  ['another key', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }],
  ['a range that is none', { NotIpAddress: { 'aws:SourceIp': 'everywhere' } }],
])('a policy with %s is refused at start', async (_what, condition) => {
  await expect(start({ editTemplate: denying(condition) })).rejects.toThrow(/Policy/);
});

describe('a domain', () => {
  const named = (basePath?: string) => (template: Template) => {
    template.Resources['Domain'] = {
      Type: 'AWS::ApiGateway::DomainName',
      Properties: { DomainName: 'llm.example.com' },
    };
    template.Resources['Mapping'] = {
      Type: 'AWS::ApiGateway::BasePathMapping',
      Properties: {
        DomainName: { Ref: 'Domain' },
        RestApiId: { Ref: 'Api' },
        Stage: { Ref: 'Stage' },
        ...(basePath === undefined ? {} : { BasePath: basePath }),
      },
    };
    template['Outputs'] = {
      Endpoint: { Value: `https://llm.example.com/${basePath === undefined ? '' : `${basePath}/`}` },
      DomainTarget: { Value: { 'Fn::GetAtt': ['Domain', 'RegionalDomainName'] } },
    };
    return template;
  };

  /** The answer to a request that names the domain as its host, which fetch does not let a caller set. */
  async function get(
    gateway: TestGateway,
    path: string,
  ): Promise<{ status: number | undefined; body: unknown }> {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number | undefined;
      body: unknown;
    }>();
    httpRequest(new URL(path, gateway.url), { headers: { host: 'llm.example.com' } }, async (response) => {
      resolve({ status: response.statusCode, body: await json(response) });
    })
      .on('error', reject)
      .end();
    return promise;
  }

  test.each([undefined, 'llm'])('has the base path %s in place of the stage', async (basePath) => {
    const gateway = await start({ editTemplate: named(basePath) });
    const prefix = basePath === undefined ? '' : `/${basePath}`;
    const { status, body } = await get(gateway, `${prefix}/items/7`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      event: {
        path: `${prefix}/items/7`,
        resource: '/items/{id}',
        pathParameters: { id: '7' },
        requestContext: { domainName: 'llm.example.com', path: `${prefix}/items/7`, stage: 'dev' },
      },
    });
    expect((await get(gateway, '/dev/items/7')).status).toBe(403);
    expect((await gateway.get('/items/7')).status).toBe(200);
  });

  test('leads the commands of the control plane to this gateway', async () => {
    const gateway = await start({ editTemplate: named('llm') });
    const client = new CloudFormationClient({
      endpoint: new URL('/.local/cloudformation', gateway.url).href,
      region: 'eu-west-1',
      credentials: localCredentials,
      maxAttempts: 1,
    });
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({}));
    expect(stack?.Outputs).toEqual([
      { OutputKey: 'Endpoint', OutputValue: `${gateway.url}/` },
      {
        OutputKey: 'DomainTarget',
        OutputValue: expect.stringMatching(/^d-\w+\.execute-api\.eu-west-1\.amazonaws\.com$/),
      },
    ]);
  });
});
