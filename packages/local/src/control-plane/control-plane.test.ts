import { request as httpRequest } from 'node:http';
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { localCredentials } from '@org/admin/local-gateway';
import { expect, test } from 'vitest';
import type { Template } from '../gateway.ts';
import { edit } from '../testing/deployment.ts';
import { startTestGateway as start } from '../testing/gateway.ts';

const clock = { now: () => Date.parse('2026-11-22T12:00:00Z') };

/** A second plan of the stage, under which a key may make one call. */
function withTightPlan(template: Template): Template {
  template.Resources['TightPlan'] = {
    Type: 'AWS::ApiGateway::UsagePlan',
    Properties: {
      ...template.Resources['Plan']?.Properties,
      UsagePlanName: 'tight',
      Quota: { Limit: 1, Period: 'DAY' },
    },
  };
  return edit(template, 'Plan', { UsagePlanName: 'plan' });
}

function withOutputs(template: Template): Template {
  template['Outputs'] = {
    Endpoint: {
      Value: {
        'Fn::Sub': `https://\${Api}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/\${Stage}/`,
      },
      Description: 'Where it is: <here> & there',
    },
    KeyIdteam: { Value: { Ref: 'TeamKey' } },
  };
  return template;
}

async function startControlled(editTemplate: (template: Template) => Template = withTightPlan) {
  const gateway = await start({
    editTemplate,
    clock,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: 'http://db' },
  });
  const { origin } = new URL(gateway.url);
  const settings = (service: string) => ({
    endpoint: `${origin}/.local/${service}`,
    region: 'eu-west-1',
    credentials: localCredentials,
    maxAttempts: 1,
  });
  const client = new APIGatewayClient(settings('api_gateway'));
  const cloudFormation = new CloudFormationClient(settings('cloudformation'));
  const planNamed = async (name: string) => {
    const { items = [] } = await client.send(new GetUsagePlansCommand({}));
    return items.find((plan) => plan.name === name)?.id;
  };
  return { gateway, origin, client, cloudFormation, planNamed };
}

test('values are shown only on request', async () => {
  const { client } = await startControlled();
  const { id, value } = await client.send(
    new CreateApiKeyCommand({
      name: 'app',
      description: 'of a team',
      enabled: true,
      tags: { CostCentre: '4711' },
    }),
  );
  const time = new Date('2026-11-22T12:00:00Z');
  expect(await client.send(new GetApiKeyCommand({ apiKey: id }))).toMatchObject({
    id,
    name: 'app',
    description: 'of a team',
    enabled: true,
    tags: { CostCentre: '4711' },
    createdDate: time,
    lastUpdatedDate: time,
  });
  const values = async (includeValues: boolean) => {
    const { items = [] } = await client.send(new GetApiKeysCommand({ includeValues }));
    return items.filter((key) => key.value !== undefined).length;
  };
  expect([await values(false), await values(true)]).toEqual([0, 4]);
  expect((await client.send(new GetApiKeyCommand({ apiKey: id }))).value).toBeUndefined();
  expect((await client.send(new GetApiKeyCommand({ apiKey: id, includeValue: true }))).value).toBe(value);
});

test('a key can be in one plan of a stage', async () => {
  const { client, planNamed } = await startControlled();
  const { id: keyId } = await client.send(new CreateApiKeyCommand({ name: 'app' }));
  const join = async (plan: string) =>
    client.send(
      new CreateUsagePlanKeyCommand({ usagePlanId: await planNamed(plan), keyId, keyType: 'API_KEY' }),
    );
  await join('plan');
  await expect(join('plan')).rejects.toMatchObject({ name: 'ConflictException' });
  await expect(join('tight')).rejects.toMatchObject({ name: 'ConflictException' });
});

test('a key or plan that does not exist is not found', async () => {
  const { client, planNamed } = await startControlled();
  const { id: keyId } = await client.send(new CreateApiKeyCommand({ name: 'app' }));
  const usagePlanId = await planNamed('plan');
  const notFound = { name: 'NotFoundException', $metadata: { httpStatusCode: 404 } };
  const calls = await Promise.allSettled([
    client.send(new GetApiKeyCommand({ apiKey: 'unknown' })),
    client.send(new DeleteApiKeyCommand({ apiKey: 'unknown' })),
    client.send(new GetUsagePlanKeysCommand({ usagePlanId: 'unknown' })),
    client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: 'unknown', keyType: 'API_KEY' })),
    client.send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId })),
  ]);
  expect(calls).toMatchObject(calls.map(() => ({ status: 'rejected', reason: notFound })));
});

test('a call with an unknown part is refused', async () => {
  const { client } = await startControlled();
  const half = client.send(new CreateApiKeyCommand({ name: 'app', value: 'a-chosen-value' }));
  await expect(half).rejects.toMatchObject({ name: 'BadRequestException' });
});

test('the stack reports its outputs, and that its API is at the gateway', async () => {
  const { gateway, cloudFormation } = await startControlled(withOutputs);
  const { Stacks: stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'Test' }));
  expect(stacks).toMatchObject([
    {
      StackName: 'Test',
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [
        {
          OutputKey: 'Endpoint',
          OutputValue: `${gateway.url}/`,
          Description: 'Where it is: <here> & there',
        },
        { OutputKey: 'KeyIdteam', OutputValue: expect.stringMatching(/^\w{10}$/) },
      ],
    },
  ]);
  const other = cloudFormation.send(new DescribeStacksCommand({ StackName: 'Other' }));
  await expect(other).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Other does not exist',
  });
});

test('a web page cannot use it: not without a signature, and not under another name for loopback', async () => {
  const { origin } = await startControlled();
  const keys = `${origin}/.local/api_gateway/apikeys`;
  const unsigned = await fetch(keys, { method: 'POST', body: '{"name":"app","enabled":true}' });
  expect(unsigned.status).toBe(403);
  const rebound = await new Promise<number | undefined>((resolve, reject) => {
    httpRequest(`${origin}/.local`, { headers: { host: 'attacker.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
  expect(rebound).toBe(403);
});

test('a service without an imitation is not found', async () => {
  const { origin } = await startControlled();
  const response = await fetch(`${origin}/.local/s3/buckets`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    message: expect.stringMatching(/^There is no s3 here, only api_gateway, cloudformation, /),
  });
});
