import {
  AuthenticationError,
  InvalidRequestError,
  QuotaExceededError,
  RateLimitedError,
  ServerError,
  TimeoutError,
} from '@org/bedrock-client';
import { expect, test } from 'vitest';
import { editResources } from './edit-template.ts';
import { type Sent, type System, startSystem } from './harness.ts';

/**
 * API Gateway without our gateway responses: its own statuses, bodies and headers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const withoutResponses = editResources('AWS::ApiGateway::GatewayResponse', () => undefined);

const start = (more: Parameters<typeof startSystem>[1] = {}) =>
  startSystem('tight', { editTemplate: withoutResponses, ...more });

const question = { model: 'llama', question: 'What is a dystopia' };

async function expectNative(
  system: System,
  sent: Sent,
  status: number,
  text: string,
  type: string,
): Promise<void> {
  const reply = await system.send(sent);
  expect([reply.status, reply.text, reply.headers.get('x-amzn-errortype')]).toEqual([status, text, type]);
  expect(reply.headers.get('content-type')).toBe('application/json');
  expect(reply.headers.get('x-amzn-requestid')).toMatch(/\S/);
  expect(reply.headers.get('retry-after')).toBeNull();
}

test('a missing or unknown key is forbidden, and the client says it is the key', async () => {
  const system = await start();
  await expectNative(system, { body: question }, 403, '{"message":"Forbidden"}', 'ForbiddenException');
  await expectNative(
    system,
    { key: 'unknown', body: question },
    403,
    '{"message":"Forbidden"}',
    'ForbiddenException',
  );
  const { client } = system.client('disabled-key');
  await expect(client.ask('llama', 'Hi')).rejects.toBeInstanceOf(AuthenticationError);
});

test('an unknown route is a missing authentication token, and the client says it is the route', async () => {
  const system = await start();
  const body = '{"message":"Missing Authentication Token"}';
  await expectNative(system, { path: '/nothing' }, 403, body, 'MissingAuthenticationTokenException');
  await expectNative(system, { method: 'DELETE' }, 403, body, 'MissingAuthenticationTokenException');
});

test('bad JSON fails the body model', async () => {
  const system = await start();
  const key = system.keyValue('calm-key');
  await expectNative(
    system,
    { key, body: '{' },
    400,
    '{"message":"Invalid request body"}',
    'BadRequestException',
  );
});

test('a throttle is Too Many Requests, which the client takes for what it is', async () => {
  const system = await start();
  await Promise.all([system.ask('hasty-key'), system.ask('hasty-key')]);
  const sent = { key: system.keyValue('hasty-key'), body: question };
  await expectNative(system, sent, 429, '{"message":"Too Many Requests"}', 'TooManyRequestsException');
  const { client } = system.client('hasty-key');
  await expect(client.ask('llama', 'Hi', { maxRetries: 0 })).rejects.toBeInstanceOf(RateLimitedError);
});

test('a used-up quota is Limit Exceeded, which the client never retries', async () => {
  const smallQuota = editResources('AWS::ApiGateway::UsagePlan', (properties) => ({
    ...properties,
    Quota: { Limit: 1, Period: 'MONTH', Offset: 0 },
  }));
  const system = await start({ editTemplate: (template) => smallQuota(withoutResponses(template)) });
  expect((await system.ask('calm-key')).status).toBe(200);
  const sent = { key: system.keyValue('calm-key'), body: question };
  await expectNative(system, sent, 429, '{"message":"Limit Exceeded"}', 'LimitExceededException');
  const { client, requests } = system.client('calm-key');
  await expect(client.ask('llama', 'Hi')).rejects.toBeInstanceOf(QuotaExceededError);
  expect(requests()).toBe(1);
});

test('a body over 6 MB is too long', async () => {
  const system = await start();
  const long = 'x'.repeat(7 * 1024 * 1024);
  const reply = await system.send({
    key: system.keyValue('calm-key'),
    body: { ...question, question: long },
  });
  expect([reply.status, reply.text]).toEqual([413, '{"message":"Request Too Long"}']);
  await expect(system.client('calm-key').client.ask('llama', long)).rejects.toBeInstanceOf(
    InvalidRequestError,
  );
});

test('a body over 10 MB is a plain text, and the client still knows it', async () => {
  const system = await start();
  const failed = system.client('calm-key').client.ask('llama', 'x'.repeat(11 * 1024 * 1024));
  await expect(failed).rejects.toBeInstanceOf(InvalidRequestError);
  await expect(failed).rejects.toMatchObject({ code: 'request_too_large', status: 413 });
});

test('a function that dies is an internal server error', async () => {
  const system = await start();
  system.bedrock.failNext({ kind: 'stall' });
  const failed = system.client('calm-key').client.ask('llama', 'Hi', { maxRetries: 0 });
  const outcome = expect(failed).rejects.toBeInstanceOf(ServerError);
  while (system.bedrock.received.length === 0) await new Promise(setImmediate);
  await system.gateway.killFunctions();
  await outcome;
  await expect(failed).rejects.toMatchObject({ code: 'internal', status: 502 });
});

test('an integration that takes too long is a timeout', async () => {
  const shortIntegration = editResources('AWS::ApiGateway::Method', (properties) => ({
    ...properties,
    Integration: Object.assign({}, properties['Integration'], { TimeoutInMillis: 200 }),
  }));
  const system = await start({ editTemplate: (template) => shortIntegration(withoutResponses(template)) });
  system.bedrock.failNext({ kind: 'stall' }, { kind: 'stall' });
  const sent = { key: system.keyValue('calm-key'), body: question };
  await expectNative(
    system,
    sent,
    504,
    '{"message": "Endpoint request timed out"}',
    'InternalServerErrorException',
  );
  await expect(system.client('calm-key').client.ask('llama', 'Hi')).rejects.toBeInstanceOf(TimeoutError);
});
