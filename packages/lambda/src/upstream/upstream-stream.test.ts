import { createServer, type ServerResponse } from 'node:http';
import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { catalogue, type InvokeFormat, type ModelDefinition } from '@org/models';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Deadline } from '../call/deadline.ts';
import type { TokenUsage } from '../call/reply.ts';
import { ProxyError } from '../proxy-error.ts';
import { ample, call, read as readEvents, target } from './test-call.ts';
import { clientOf } from './test-client.ts';
import { createUpstream, type Upstream } from './upstream.ts';

type Script = (response: ServerResponse) => void;

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** One frame of a stream, as Bedrock writes it. */
function frame(kind: 'event' | 'exception', type: string, body: object): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':message-type': text(kind),
      [kind === 'event' ? ':event-type' : ':exception-type']: text(type),
      ':content-type': text('application/json'),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}

const event = (type: string, body: object) => frame('event', type, body);
const delta = (text: string) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
const stop = (stopReason = 'end_turn') => event('messageStop', { stopReason });
const metadata = event('metadata', {
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5, cacheReadInputTokens: 1 },
  metrics: { latencyMs: 1 },
});
const chunk = (body: object) =>
  event('chunk', { bytes: Buffer.from(JSON.stringify(body)).toString('base64') });

const begin = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });

const stream =
  (...frames: Uint8Array[]): Script =>
  (response) => {
    begin(response);
    for (const bytes of frames) response.write(bytes);
    response.end();
  };

const answers: Script[] = [];
let requests = 0;
let upstream: Upstream;
let client: BedrockRuntimeClient;
const server = createServer((request, response) => {
  requests += 1;
  request.resume().on('end', () => answers.shift()?.(response));
});

beforeAll(async () => {
  client = await clientOf(server);
  upstream = createUpstream({ client, sleep: async () => undefined, random: () => 0.5 });
});

beforeEach(() => {
  answers.length = 0;
  requests = 0;
});

afterEach(() => void vi.useRealTimers());

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface ReadOptions {
  readonly model?: ModelDefinition;
  readonly deadline?: Deadline;
  readonly onText?: (text: string) => unknown;
}

function read({ model = catalogue.titan, deadline = ample, onText }: ReadOptions = {}) {
  return readEvents(upstream.call(model, call, target, { whole: false, deadline }), onText);
}

async function failure(options?: ReadOptions): Promise<ProxyError> {
  const thrown: unknown = await read(options).then(
    () => 'nothing',
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyError)) throw thrown;
  return thrown;
}

test('the pieces of an answer come one by one, and the whole with its cost in the end', async () => {
  answers.push(
    stream(event('messageStart', { role: 'assistant' }), delta('Ble'), delta('ak.'), stop(), metadata),
  );
  expect(await read()).toMatchObject({
    pieces: ['Ble', 'ak.'],
    text: 'Bleak.',
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5, cacheReadTokens: 1 },
  });
});

test('what a model thinks to itself is no part of the answer', async () => {
  const thought = event('contentBlockDelta', {
    contentBlockIndex: 0,
    delta: { reasoningContent: { text: 'Hm.' } },
  });
  answers.push(stream(thought, delta('Bleak.'), stop(), metadata));
  expect((await read()).pieces).toEqual(['Bleak.']);
});

const invokeModel = (format: InvokeFormat): ModelDefinition => ({
  upstream: 'invoke',
  format,
  modelId: 'model',
  maxOutputTokens: 2048,
  lifecycle: { status: 'active' },
});

test('a model of the Titan Text body streams', async () => {
  const piece = { index: 0, inputTextTokenCount: 3 };
  answers.push(
    stream(
      chunk({ ...piece, outputText: '\nBle', totalOutputTextTokenCount: 1, completionReason: null }),
      chunk({ ...piece, outputText: 'ak.', totalOutputTextTokenCount: 2, completionReason: 'LENGTH' }),
    ),
  );
  expect(await read({ model: invokeModel('titan-text') })).toMatchObject({
    pieces: ['Ble', 'ak.'],
    text: 'Bleak.',
    stopReason: 'max_tokens',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  });
});

test('a model of the Llama body streams, and a guardrail that intervened is seen', async () => {
  answers.push(
    stream(
      chunk({ generation: ' ', prompt_token_count: 3, generation_token_count: 1, stop_reason: null }),
      chunk({ generation: 'Bleak.', prompt_token_count: null, generation_token_count: 2, stop_reason: null }),
      chunk({
        generation: '',
        prompt_token_count: null,
        generation_token_count: 3,
        stop_reason: 'stop',
        'amazon-bedrock-guardrailAction': 'INTERVENED',
      }),
    ),
  );
  expect(await read({ model: invokeModel('llama') })).toMatchObject({
    pieces: ['Bleak.'],
    text: 'Bleak.',
    stopReason: 'guardrail_intervened',
    usage: { inputTokens: 3, outputTokens: 3, totalTokens: 6 },
  });
});

test('a throttle before the stream is tried once more, and not billed', async () => {
  const throttle: Script = (response) =>
    response.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' }).end('{"message":"canary"}');
  answers.push(throttle, stream(delta('Bleak.'), stop(), metadata));
  expect((await read()).pieces).toEqual(['Bleak.']);
  answers.push(throttle, throttle);
  expect(await failure()).toMatchObject({ statement: { code: 'model_throttled' }, unbilled: true });
  expect(requests).toBe(4);
});

test.each([
  ['throttlingException', 'model_throttled'],
  ['serviceUnavailableException', 'upstream_error'],
  ['internalServerException', 'upstream_error'],
  ['modelStreamErrorException', 'upstream_error'],
  ['validationException', 'invalid_request'],
])('%s in the middle of a stream is %s, may be billed, and is not tried again', async (type, code) => {
  answers.push(stream(delta('Ble'), frame('exception', type, { message: 'canary' })));
  const error = await failure();
  expect([error.statement.code, error.unbilled, error.retryable, requests]).toEqual([code, false, false, 1]);
  expect(JSON.stringify(error.statement)).not.toContain('canary');
});

test('a throttle as the first event of a stream may be billed too, so it is not tried again', async () => {
  answers.push(stream(frame('exception', 'throttlingException', { message: 'canary' })));
  const error = await failure();
  expect([error.statement.code, error.unbilled, error.retryable, requests]).toEqual([
    'model_throttled',
    false,
    false,
    1,
  ]);
});

test.each<[string, Script]>([
  ['without its metadata', stream(delta('Bleak.'), stop())],
  ['without a stop reason', stream(delta('Bleak.'), metadata)],
  ['without anything', stream()],
  [
    'with a piece that is no text',
    stream(event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 5 } }), stop(), metadata),
  ],
  ['with a frame that is none', stream(delta('Ble'), Buffer.from('garbage that is no frame at all'))],
  [
    'with half a frame',
    (response) => {
      begin(response).write(metadata.subarray(0, 20), () => response.destroy());
    },
  ],
  [
    'by its connection',
    (response) => {
      begin(response).write(delta('Ble'), () => response.destroy());
    },
  ],
])('a stream that ends %s is an upstream error that may have been billed', async (_case, script) => {
  answers.push(script);
  const error = await failure();
  expect([error.statement.code, error.unbilled, error.retryable]).toEqual(['upstream_error', false, false]);
});

test('a count that Claude leaves out of a later event is the one of before', async () => {
  const model = { ...catalogue['claude-sonnet-4.6'], messagesApi: true };
  const usage = {
    input_tokens: 1000,
    cache_read_input_tokens: 50,
    cache_creation_input_tokens: 70,
    output_tokens: 1,
  };
  const unknown = { input_tokens: null, cache_read_input_tokens: null, cache_creation_input_tokens: null };
  answers.push((response) => {
    begin(response).write(chunk({ type: 'message_start', message: { usage } }));
    response.end(
      chunk({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { ...unknown, output_tokens: 4000 },
      }),
    );
  });
  const call = { kind: 'messages' as const, body: { max_tokens: 4096 } };
  const said = await readEvents(upstream.call(model, call, target, { whole: false, deadline: ample }));
  expect(said.usage).toMatchObject({
    inputTokens: 1000,
    outputTokens: 4000,
    cacheReadTokens: 50,
    cacheWriteTokens: 70,
  });
});

test.each<[string, ModelDefinition, Uint8Array, TokenUsage]>([
  [
    'Converse',
    catalogue.titan,
    metadata,
    { inputTokens: 3, outputTokens: 2, totalTokens: 5, cacheReadTokens: 1 },
  ],
  [
    'a body of its own',
    invokeModel('llama'),
    chunk({ generation: 'Ble', prompt_token_count: 3, generation_token_count: 2 }),
    { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  ],
])(
  'a stream of %s that breaks off tells what Bedrock had counted by then',
  async (_case, model, counted, usage) => {
    answers.push((response) => void begin(response).write(counted, () => response.destroy()));
    expect((await failure({ model })).usage).toEqual(usage);
  },
);

test.each<[string, (response: ServerResponse, silent: () => void) => void]>([
  ['before its first byte', (_response, silent) => silent()],
  [
    'before its first event',
    (response, silent) => {
      begin(response).flushHeaders();
      silent();
    },
  ],
  ['after its first event', (response) => void begin(response).write(delta('Ble'))],
])('a stream that falls silent %s is given up, and its connection closed', async (_case, script) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const [silent, hungUp] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  answers.push((response) => {
    response.on('close', () => hungUp.resolve());
    script(response, () => silent.resolve());
  });
  const given = failure({ onText: () => silent.resolve() });
  await silent.promise;
  await vi.advanceTimersByTimeAsync(600_000);
  const error = await given;
  expect([error.statement.code, error.unbilled]).toEqual(['model_timeout', false]);
  await hungUp.promise;
});

test('a stream is given up at the deadline', async () => {
  const controller = new AbortController();
  answers.push((response) => void begin(response).write(delta('Ble')));
  const error = await failure({
    deadline: { ...ample, signal: controller.signal },
    onText: () => controller.abort(),
  });
  expect(error.statement.code).toBe('model_timeout');
});

test('the time that a slow reader takes is not the silence of the model', async () => {
  answers.push(stream(delta('Ble'), delta('ak.'), stop(), metadata));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { text } = await read({ onText: () => vi.advanceTimersByTimeAsync(600_000) });
  expect(text).toBe('Bleak.');
});
