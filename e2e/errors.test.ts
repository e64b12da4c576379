import { type ErrorCode, errorDefinition } from '@org/contract';
import { type ExceptionName, exceptionNames, type Fault, startBedrock } from '@org/local/bedrock';
import { expect, test } from 'vitest';
import { type Sent, type SharedSystem, sharedSystems, startSystem } from './harness.ts';

const shared = sharedSystems();

const question = { model: 'llama', question: 'What is a dystopia' };

/** The reply has the contract's status, envelope and headers for its code. */
async function expectError(system: SharedSystem, sent: Sent, code: ErrorCode): Promise<void> {
  const reply = await system.send(sent);
  const { status, type, retryable } = errorDefinition(code);
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

const expectGood = async (system: SharedSystem) => expect((await system.ask('calm-key')).status).toBe(200);

const faults: [name: string, (key: (name: string) => string) => Sent, ErrorCode][] = [
  ['no key', () => ({ body: question }), 'unauthenticated'],
  ['a disabled key', (key) => ({ key: key('disabled-key'), body: question }), 'unauthenticated'],
  ['JSON that is not an object', (key) => ({ key: key('calm-key'), body: '["model"]' }), 'invalid_json'],
  ['an empty body', (key) => ({ key: key('calm-key'), body: '' }), 'invalid_json'],
  [
    'a wrong content type',
    (key) => ({
      key: key('calm-key'),
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(question),
    }),
    'invalid_request',
  ],
  ['a wrong method', (key) => ({ key: key('calm-key'), method: 'GET' }), 'unknown_route'],
  ['an unknown path', (key) => ({ key: key('calm-key'), path: '/nothing', body: question }), 'unknown_route'],
  [
    'an unknown path with a bearer token',
    () => ({ path: '/nothing', headers: { authorization: 'Bearer x' }, body: question }),
    'unknown_route',
  ],
];

test.each(faults)('%s', async (_name, sentWith, code) => {
  const system = await shared('tight');
  await expectError(system, sentWith(system.keyValue), code);
  await expectGood(system);
});

/** The caller's error for each of Bedrock's exceptions. */
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
  const system = await shared('tight');
  const fault: Fault = { kind: 'exception', name };
  system.bedrock.failNext(fault, fault);
  await expectError(system, { key: system.keyValue('calm-key'), body: question }, exceptionCodes[name]);
  if (exceptionCodes[name] === 'model_throttled') expect(system.bedrock.received).toHaveLength(2);
  else system.bedrock.failNext();
  await system.ask('calm-key');
  await expectGood(system);
});

test('Bedrock is down, and then up again', async () => {
  const system = await startSystem('tight');
  const port = Number(new URL(system.bedrock.url).port);
  await system.bedrock.close();
  await expectError(system, { key: system.keyValue('calm-key'), body: question }, 'upstream_error');
  const again = await startBedrock({ port });
  await expectGood(system);
  await again.close();
});
