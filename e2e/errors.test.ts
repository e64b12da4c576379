import { type ErrorCode, errorDefinition } from '@org/contract';
import { type ExceptionName, exceptionNames, type Fault, startBedrock } from '@org/local/bedrock';
import { expect, test } from 'vitest';
import { editResources } from './edit-template.ts';
import { type Sent, type System, startSystem } from './harness.ts';

const question = { model: 'llama', question: 'What is a dystopia' };

/** The reply has the status, the envelope and the headers that the contract gives its code. */
async function expectError(
  system: System,
  sent: Sent,
  code: ErrorCode,
  { retryable = errorDefinition(code).retryable } = {},
): Promise<void> {
  const reply = await system.send(sent);
  const { status, type } = errorDefinition(code);
  expect(reply.json()).toMatchObject({
    type: 'error',
    error: { type, code, message: expect.stringMatching(/\S/) },
    request_id: reply.headers.get('x-request-id'),
  });
  expect(reply.status).toBe(status);
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/);
  expect(reply.headers.get('x-request-id')).toMatch(/\S/);
  expect(reply.headers.get('x-should-retry')).toBe(String(retryable));
}

const expectGood = async (system: System) => expect((await system.ask('calm-key')).status).toBe(200);

const faults: [name: string, (key: (name: string) => string) => Sent, ErrorCode][] = [
  ['no key', () => ({ body: question }), 'unauthenticated'],
  ['an unknown key', () => ({ key: 'x'.repeat(40), body: question }), 'unauthenticated'],
  ['a disabled key', (key) => ({ key: key('disabled-key'), body: question }), 'unauthenticated'],
  ['bad JSON', (key) => ({ key: key('calm-key'), body: '{"model":' }), 'invalid_json'],
  ['JSON that is no object', (key) => ({ key: key('calm-key'), body: '["model"]' }), 'invalid_json'],
  ['an empty body', (key) => ({ key: key('calm-key'), body: '' }), 'invalid_json'],
  ['a missing field', (key) => ({ key: key('calm-key'), body: { model: 'llama' } }), 'invalid_request'],
  [
    'an extra field',
    (key) => ({ key: key('calm-key'), body: { ...question, prompt: 'x' } }),
    'invalid_request',
  ],
  [
    'a wrong type',
    (key) => ({ key: key('calm-key'), body: { ...question, question: { a: 1 } } }),
    'invalid_request',
  ],
  [
    'an empty question',
    (key) => ({ key: key('calm-key'), body: { ...question, question: '' } }),
    'invalid_request',
  ],
  [
    'a wrong content type',
    (key) => ({
      key: key('calm-key'),
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(question),
    }),
    'invalid_request',
  ],
  [
    'an unknown model',
    (key) => ({ key: key('calm-key'), body: { ...question, model: 'gpt' } }),
    'unknown_model',
  ],
  [
    'a model outside the plan',
    (key) => ({ key: key('calm-key'), body: { ...question, model: 'nova-pro' } }),
    'model_not_allowed',
  ],
  ['a wrong method', (key) => ({ key: key('calm-key'), method: 'GET' }), 'unknown_route'],
  ['an unknown path', (key) => ({ key: key('calm-key'), path: '/nothing', body: question }), 'unknown_route'],
  [
    'an unknown path with a bearer token',
    () => ({ path: '/nothing', headers: { authorization: 'Bearer x' }, body: question }),
    'unknown_route',
  ],
  [
    'a body of 7 MB',
    (key) => ({ key: key('calm-key'), body: { ...question, question: 'x'.repeat(7 * 1024 * 1024) } }),
    'request_too_large',
  ],
];

test.each(faults)('%s', async (_name, sentWith, code) => {
  const system = await startSystem('tight');
  await expectError(system, sentWith(system.keyValue), code);
  await expectGood(system);
});

test('a key of no plan opens nothing', async () => {
  const system = await startSystem('tight', {
    editTemplate: editResources('AWS::ApiGateway::UsagePlanKey', () => undefined),
  });
  await expectError(system, { key: system.keyValue('calm-key'), body: question }, 'unauthenticated');
});

test('an unknown model is answered with the aliases there are', async () => {
  const { ask } = await startSystem('tight');
  expect((await ask('calm-key', { model: 'gpt' })).error().details).toEqual({
    available: ['titan', 'llama'],
  });
});

test('every fault of a request is named at once', async () => {
  const { send, keyValue } = await startSystem('tight');
  const reply = await send({ key: keyValue('calm-key'), body: { modle: 'llama', question: 7 } });
  expect(reply.error().details).toEqual({
    issues: [
      { path: 'model', message: 'is required (string)' },
      { path: 'question', message: 'must be a string' },
      { path: 'modle', message: 'is not a field of this request' },
    ],
  });
});

test("a body of 11 MB meets API Gateway's own plain text, which nothing can change", async () => {
  const system = await startSystem('tight');
  const reply = await system.send({
    key: system.keyValue('calm-key'),
    body: { ...question, question: 'x'.repeat(11 * 1024 * 1024) },
  });
  expect([reply.status, reply.text]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.']);
  await expectGood(system);
});

/** What each exception of Bedrock's means to the caller. */
const exceptionCodes: Readonly<Record<ExceptionName, ErrorCode>> = {
  AccessDeniedException: 'model_unavailable',
  ConflictException: 'upstream_error',
  ExpiredTokenException: 'upstream_denied',
  InternalServerException: 'upstream_error',
  InvalidSignatureException: 'upstream_denied',
  MissingAuthenticationTokenException: 'upstream_denied',
  ModelErrorException: 'upstream_error',
  ModelNotReadyException: 'model_throttled',
  ModelStreamErrorException: 'upstream_error',
  ModelTimeoutException: 'model_timeout',
  ResourceNotFoundException: 'model_unavailable',
  ServiceQuotaExceededException: 'model_throttled',
  ServiceUnavailableException: 'upstream_error',
  ThrottlingException: 'model_throttled',
  UnknownOperationException: 'upstream_error',
  UnrecognizedClientException: 'upstream_denied',
  ValidationException: 'invalid_request',
};

test.each(exceptionNames)("Bedrock's %s", async (name) => {
  const system = await startSystem('tight');
  const fault: Fault = { kind: 'exception', name };
  system.bedrock.failNext(fault, fault);
  await expectError(system, { key: system.keyValue('calm-key'), body: question }, exceptionCodes[name]);
  if (exceptionCodes[name] === 'model_throttled') expect(system.bedrock.received).toHaveLength(2);
  else system.bedrock.failNext();
  await system.ask('calm-key');
  await expectGood(system);
});

test.each<Fault>([{ kind: 'reset' }, { kind: 'cut' }, { kind: 'body', body: '<html>' }])(
  'Bedrock that answers with %j may have billed it, so it is not to be sent again',
  async (fault) => {
    const system = await startSystem('tight');
    system.bedrock.failNext(fault);
    const sent = { key: system.keyValue('calm-key'), body: question };
    await expectError(system, sent, 'upstream_error', { retryable: false });
    await expectGood(system);
  },
);

test('Bedrock down, and up again', async () => {
  const system = await startSystem('tight');
  const port = Number(new URL(system.bedrock.url).port);
  await system.bedrock.close();
  await expectError(system, { key: system.keyValue('calm-key'), body: question }, 'upstream_error');
  const again = await startBedrock({ port });
  await expectGood(system);
  await again.close();
});

test('Bedrock slower than the function may run: a typed answer before Lambda ends it', async () => {
  const system = await startSystem('tight', {
    editTemplate: editResources('AWS::Lambda::Function', (properties) => ({ ...properties, Timeout: 2 })),
  });
  system.bedrock.failNext({ kind: 'stall' });
  await expectError(system, { key: system.keyValue('calm-key'), body: question }, 'model_timeout');
  await expectGood(system);
});

test('a function that dies is an envelope too, and the next call gets a new one', async () => {
  const system = await startSystem('tight');
  system.bedrock.failNext({ kind: 'stall' });
  const asked = expectError(system, { key: system.keyValue('calm-key'), body: question }, 'internal');
  while (system.bedrock.received.length === 0) await new Promise(setImmediate);
  await system.gateway.killFunctions();
  await asked;
  await expectGood(system);
});

test('no prompt, answer, key or message of Bedrock is logged or told, whatever fails', async () => {
  const system = await startSystem('tight');
  const message = 'canary-message arn:aws:bedrock:us-east-1:111122223333';
  const faultsOfBedrock = exceptionNames.map((name): Fault => ({ kind: 'exception', name, message }));
  for (const fault of [undefined, ...faultsOfBedrock]) {
    if (fault) system.bedrock.failNext(fault, fault);
    const reply = await system.ask('calm-key', { question: 'canary-question', system: 'canary-system' });
    if (fault) expect(reply.text).not.toMatch(/canary|111122223333/);
  }
  await system.send({ key: system.keyValue('calm-key'), body: { model: 'canary-model', 'canary-field': 1 } });
  const logs = system.logs.join('\n');
  expect(logs).toContain('"message":"request"');
  expect(logs).not.toMatch(/canary|111122223333/);
  expect(logs).not.toContain(system.keyValue('calm-key'));
});
