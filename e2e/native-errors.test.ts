import type { Template } from '@org/local';
import { expect, test } from 'vitest';
import { editResources } from './edit-template.ts';
import { type System, startSystem } from './harness.ts';

/**
 * API Gateway without our gateway responses: its own statuses, bodies and headers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const withoutResponses = editResources('AWS::ApiGateway::GatewayResponse', () => undefined);

const smallQuota = editResources('AWS::ApiGateway::UsagePlan', (properties) => ({
  ...properties,
  Quota: { Limit: 1, Period: 'MONTH', Offset: 0 },
}));
const shortIntegration = editResources('AWS::ApiGateway::Method', (properties) => ({
  ...properties,
  Integration: Object.assign({}, properties['Integration'], { TimeoutInMillis: 200 }),
}));

interface Case {
  readonly key: string;
  readonly question?: string;
  /** Besides removing our gateway responses. */
  readonly editTemplate?: (template: Template) => Template;
  /** Brings the deployment into the state. */
  readonly prepare?: (system: System) => Promise<unknown>;
  /** Happens while Bedrock is at work. */
  readonly meanwhile?: (system: System) => Promise<unknown>;
}

const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);

test.each<[name: string, error: object, Case]>([
  [
    'a disabled key',
    { name: 'AuthenticationError', code: 'unauthenticated', status: 403 },
    { key: 'disabled-key' },
  ],
  [
    'a throttle',
    { name: 'RateLimitedError', code: 'rate_limited', status: 429 },
    { key: 'hasty-key', prepare: ({ ask }) => Promise.all([ask('hasty-key'), ask('hasty-key')]) },
  ],
  [
    'a used-up quota',
    { name: 'QuotaExceededError', code: 'quota_exceeded', status: 429 },
    { key: 'calm-key', editTemplate: smallQuota, prepare: ({ ask }) => ask('calm-key') },
  ],
  [
    'a body over 6 MB',
    { name: 'InvalidRequestError', code: 'request_too_large', status: 413 },
    { key: 'calm-key', question: megabytes(7) },
  ],
  [
    'a body over 10 MB, which API Gateway refuses in plain text',
    { name: 'InvalidRequestError', code: 'request_too_large', status: 413 },
    { key: 'calm-key', question: megabytes(11) },
  ],
  [
    'a function that dies',
    { name: 'ServerError', code: 'internal', status: 502 },
    { key: 'calm-key', meanwhile: ({ gateway }) => gateway.killFunctions() },
  ],
  [
    'an integration that takes too long',
    { name: 'TimeoutError', status: 504 },
    { key: 'calm-key', editTemplate: shortIntegration, meanwhile: async () => {} },
  ],
])("the client recognizes %s from API Gateway's own answer", async (_name, error, given) => {
  const { key, question = 'Hi', editTemplate = (template) => template, prepare, meanwhile } = given;
  const system = await startSystem('tight', {
    editTemplate: (template) => editTemplate(withoutResponses(template)),
  });
  await prepare?.(system);
  const before = system.bedrock.received.length;
  if (meanwhile) system.bedrock.failNext({ kind: 'stall' });
  const asked = system.client(key).client.ask('llama', question, { maxRetries: 0 });
  const failed = expect(asked).rejects.toMatchObject(error);
  while (meanwhile && system.bedrock.received.length === before) await new Promise(setImmediate);
  await meanwhile?.(system);
  await failed;
});
