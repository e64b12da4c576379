import { createServer, type ServerResponse } from 'node:http';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { catalogue, type ModelDefinition } from '@org/models';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ProxyError } from '../proxy-error.ts';
import { ample, call, read, target } from './test-call.ts';
import { clientOf } from './test-client.ts';
import { createUpstream, type Upstream } from './upstream.ts';

type Script = (response: ServerResponse) => void;

const answers: Script[] = [];
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  request.resume().on('end', () => (answers.shift() ?? answer)(response));
});

const answer: Script = (response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      output: { message: { role: 'assistant', content: [{ text: 'Bleak.' }] } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    }),
  );

const exception =
  (name: string, status: number, message = 'internal message'): Script =>
  (response) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'x-amzn-errortype': `${name}:http://internal/`,
      })
      .end(JSON.stringify({ message }));

const waits: number[] = [];
let upstream: Upstream;

beforeAll(async () => {
  const client = await clientOf(server);
  upstream = createUpstream({
    client,
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0.5,
  });
});

beforeEach(() => {
  answers.length = 0;
  waits.length = 0;
  requests = 0;
});

afterAll(() => server.close());

const ask = (model: ModelDefinition = catalogue.titan, deadline = ample, from = upstream) =>
  read(from.call(model, call, target, { whole: true, deadline }));

async function failure(model: ModelDefinition = catalogue.titan, deadline = ample): Promise<ProxyError> {
  const thrown: unknown = await ask(model, deadline).then(
    () => 'nothing',
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyError)) throw thrown;
  return thrown;
}

test.each([
  ['ThrottlingException', 429, 'Too many tokens, please wait before trying again.', 'model_throttled'],
  ['ModelNotReadyException', 429, 'Model is not ready.', 'model_throttled'],
  ['ServiceQuotaExceededException', 400, 'Quota.', 'model_throttled'],
  ['InternalServerException', 500, 'Oops.', 'upstream_error'],
  ['ServiceUnavailableException', 503, 'Busy.', 'upstream_error'],
  ['ModelErrorException', 424, 'Model.', 'upstream_error'],
  ['ModelStreamErrorException', 424, 'Model.', 'upstream_error'],
  ['ConflictException', 400, 'Conflict.', 'upstream_error'],
  ['ModelTimeoutException', 408, 'Timed out.', 'model_timeout'],
  [
    'ResourceNotFoundException',
    404,
    'This model version has reached the end of its life.',
    'model_unavailable',
  ],
  [
    'AccessDeniedException',
    403,
    "You don't have access to the model with the specified model ID.",
    'model_unavailable',
  ],
  [
    'AccessDeniedException',
    403,
    'User: arn:aws:iam::1:role/x is not authorized to perform: bedrock:InvokeModel',
    'upstream_denied',
  ],
  [
    'UnrecognizedClientException',
    403,
    'The security token included in the request is invalid',
    'upstream_denied',
  ],
  ['ExpiredTokenException', 403, 'Expired.', 'upstream_denied'],
  ['ValidationException', 400, 'Input is too long for requested model.', 'context_too_long'],
  [
    'ValidationException',
    400,
    "Invocation of model ID x with on-demand throughput isn't supported.",
    'model_unavailable',
  ],
  ['ValidationException', 400, 'The provided model identifier is invalid.', 'model_unavailable'],
  ['ValidationException', 400, 'temperature: 3 is greater than the maximum', 'invalid_request'],
  ['SomethingNewException', 429, '', 'model_throttled'],
  ['SomethingNewException', 403, '', 'upstream_denied'],
  ['SomethingNewException', 504, '', 'model_timeout'],
  ['SomethingNewException', 500, '', 'upstream_error'],
])('%s (%i, "%s") is told as %s', async (name, status, message, code) => {
  answers.push(exception(name, status, message), exception(name, status, message));
  const error = await failure();
  expect(error.statement.code).toBe(code);
  expect(error.failure).toMatchObject({ name, status });
});

test.each([
  ['ThrottlingException', 429, true, true],
  ['ValidationException', 400, false, true],
  ['ServiceUnavailableException', 503, true, true],
  ['InternalServerException', 500, true, false],
  ['ModelErrorException', 424, true, false],
  ['ModelTimeoutException', 408, false, false],
])('%s (%i): to be retried %j, certainly not billed %j', async (name, status, retryable, unbilled) => {
  answers.push(exception(name, status), exception(name, status));
  const error = await failure();
  expect([error.retryable, error.unbilled]).toEqual([retryable, unbilled]);
});

test.each([
  ['a name that every object has', '__proto__', '{"message":"internal message"}'],
  ['a message that is no text', 'ValidationException', '{"message":[[{"toString":null}]]}'],
])('an exception with %s is told like any other', async (_case, name, body) => {
  answers.push((response) =>
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': name }).end(body),
  );
  expect(['upstream_error', 'invalid_request']).toContain((await failure()).statement.code);
});

test('the name of an exception that is no text does not reach the log, which could not write it', async () => {
  const body = '{"__type":[{"":9007199254740992}],"message":"internal message"}';
  answers.push((response) => response.writeHead(424, { 'content-type': 'application/json' }).end(body));
  expect((await failure()).failure).toMatchObject({ name: 'Error', status: 424 });
});

test('a connection that never came about is not billed and can be tried again', async () => {
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  const unreachable = createUpstream({ client, sleep: async () => undefined, random: Math.random });
  const error = await ask(catalogue.titan, ample, unreachable).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ statement: { code: 'upstream_error' }, retryable: true, unbilled: true });
});

test("Bedrock's own message never reaches the caller", async () => {
  answers.push(
    exception('ValidationException', 400, 'arn:aws:bedrock:us-east-1:111122223333 temperature canary'),
  );
  const { statement } = await failure();
  expect(statement).toEqual({
    code: 'invalid_request',
    message: 'The model refused temperature. Change it or leave it out.',
    param: 'temperature',
  });
});

test('a throttle is tried once more, after a short wait, and no more often', async () => {
  answers.push(exception('ThrottlingException', 429));
  expect((await ask()).text).toBe('Bleak.');
  expect([requests, waits]).toEqual([2, [400]]);

  answers.push(exception('ThrottlingException', 429), exception('ThrottlingException', 429));
  expect((await failure()).statement.code).toBe('model_throttled');
  expect(requests).toBe(4);
});

test('a throttle is not tried again where the deadline leaves no room', async () => {
  answers.push(exception('ThrottlingException', 429));
  await failure(catalogue.titan, { ...ample, remaining: () => 700 });
  expect(requests).toBe(1);
});

test('no other failure is tried again: it may have been billed', async () => {
  answers.push(exception('InternalServerException', 500));
  await failure();
  expect(requests).toBe(1);
});

test('a deadline that passes while the model is silent is a timeout', async () => {
  const controller = new AbortController();
  answers.push(() => controller.abort());
  const error = await failure(catalogue.titan, { ...ample, signal: controller.signal, remaining: () => 0 });
  expect(error.statement.code).toBe('model_timeout');
});

test('a call whose time is up before it is sent is not billed', async () => {
  const error = await failure(catalogue.titan, { ...ample, signal: AbortSignal.abort() });
  expect([error.statement.code, error.unbilled, requests]).toEqual(['model_timeout', true, 0]);
});

const cohere: ModelDefinition = {
  upstream: 'embed',
  format: 'cohere-embed',
  modelId: 'cohere.embed-v4:0',
  maxOutputTokens: 1,
  lifecycle: { status: 'active' },
};

test('a call of several requests takes what all of them took, and each has to say it', async () => {
  const vectors =
    (count: number, headers: Record<string, string>): Script =>
    (response) =>
      response
        .writeHead(200, headers)
        .end(JSON.stringify({ embeddings: { float: Array.from({ length: count }, () => [1]) } }));
  const counted = (tokens: number) => ({ 'x-amzn-bedrock-input-token-count': String(tokens) });
  const embed = () =>
    read(
      upstream.call(cohere, { kind: 'embed', inputs: Array.from({ length: 97 }, () => 'x') }, target, {
        whole: true,
        deadline: ample,
      }),
    );
  answers.push(vectors(96, counted(500)), vectors(1, counted(7)));
  expect((await embed()).usage).toMatchObject({ inputTokens: 507, outputTokens: 0 });
  answers.push(vectors(96, counted(500)), vectors(1, {}));
  await expect(embed()).rejects.toMatchObject({ statement: { code: 'upstream_error' }, unbilled: false });
});

test.each<[string, Script]>([
  ['a connection closed without an answer', (response) => response.destroy()],
  [
    'an answer cut off',
    (response) => response.writeHead(200, { 'content-length': 99 }).write('{"out', () => response.destroy()),
  ],
  ['an answer that is not JSON', (response) => response.writeHead(200).end('<html>')],
  [
    'an answer that calls a tool with a list',
    (response) =>
      response.writeHead(200).end(
        JSON.stringify({
          output: { message: { content: [{ toolUse: { toolUseId: 'id', name: 'find', input: [] } }] } },
          stopReason: 'tool_use',
          usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
        }),
      ),
  ],
  ['an answer without content', (response) => response.writeHead(200).end('{"stopReason":"end_turn"}')],
  ...[0.5, -1, '3', 2 ** 53, null].map((inputTokens): [string, Script] => [
    `an answer that used ${JSON.stringify(inputTokens)} tokens`,
    (response) =>
      response.writeHead(200).end(
        JSON.stringify({
          output: { message: { role: 'assistant', content: [{ text: 'x' }] } },
          stopReason: 'end_turn',
          usage: { inputTokens, outputTokens: 2, totalTokens: 5 },
        }),
      ),
  ]),
  [
    'an answer without usage',
    (response) =>
      response
        .writeHead(200)
        .end('{"output":{"message":{"role":"assistant","content":[{"text":"x"}]}},"stopReason":"end_turn"}'),
  ],
])(
  '%s is an upstream error that may have been billed, and so is not to be tried again',
  async (_fault, script) => {
    answers.push(script);
    const error = await failure();
    expect([error.statement.code, error.retryable, error.unbilled]).toEqual(['upstream_error', false, false]);
  },
);

test('an invoke answer of another shape is an upstream error', async () => {
  const model: ModelDefinition = {
    upstream: 'invoke',
    format: 'llama',
    modelId: 'model',
    maxOutputTokens: 2048,
    lifecycle: { status: 'active' },
  };
  expect((await failure(model)).statement.code).toBe('upstream_error');
});
