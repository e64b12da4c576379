import type { ServerResponse } from 'node:http';
import { catalogue, type InvokeFormat, type ModelDefinition } from '@org/models';
import { expect, test, vi } from 'vitest';
import type { TokenUsage } from '../call/reply.ts';
import {
  begin,
  chunk,
  delta,
  event,
  exception,
  failureOf,
  json,
  metadata,
  type Script,
  startScriptedBedrock,
  stop,
  stream,
  whole,
} from '../testing/scripted-bedrock.ts';
import { ample, read, target } from '../testing/upstream-call.ts';

const { ask, askForStream, bedrock, upstream } = await startScriptedBedrock();

const claude = catalogue['claude-sonnet-4.6'];

test('a throttled call is tried once more, after a short wait', async () => {
  bedrock.answers.push(exception('ThrottlingException', 429));
  expect((await ask()).text).toBe('Bleak.');
  expect([bedrock.requests, bedrock.waits]).toEqual([2, [400]]);
});

test('a throttled call is not tried again if the deadline leaves no room', async () => {
  bedrock.answers.push(exception('ThrottlingException', 429));
  await failureOf(ask({ deadline: { ...ample, remaining: () => 700 } }));
  expect(bedrock.requests).toBe(1);
});

const listForTool = [{ toolUse: { toolUseId: 'id', name: 'find', input: [] } }];

test.each<[string, object]>([
  ['an answer that calls a tool with a list', { ...whole, output: { message: { content: listForTool } } }],
  ['an answer without content', { ...whole, output: undefined }],
  ...[0.5, -1, '3', 2 ** 53, null].map((inputTokens): [string, object] => [
    `an answer that used ${JSON.stringify(inputTokens)} tokens`,
    { ...whole, usage: { ...whole.usage, inputTokens } },
  ]),
  ['an answer without usage', { ...whole, usage: undefined }],
])(
  '%s is an upstream error that may have been billed, and so is not to be tried again',
  async (_fault, body) => {
    bedrock.answers.push(json(body));
    const error = await failureOf(ask());
    expect([error.statement.code, error.retryable, error.unbilled]).toEqual(['upstream_error', false, false]);
  },
);

const useOf = (id: string, input: unknown) => ({ toolUse: { toolUseId: id, name: 'find', input } });
const answerOf = (stopReason: string, ...content: object[]) =>
  json({ ...whole, output: { message: { role: 'assistant', content } }, stopReason });
const startOf = (id: string) =>
  event('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: id, name: 'find' } } });
const inputDelta = (input: string) =>
  event('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input } } });
const blockStop = event('contentBlockStop', { contentBlockIndex: 1 });
const stopFor = (stopReason: string) => event('messageStop', { stopReason });
const first = { type: 'tool_use', id: 'first', name: 'find', input: { word: 'a' } };
const firstStreamed = [startOf('first'), inputDelta('{"word":'), inputDelta('"a"}'), blockStop];

test.each([
  ['an object that may lack something', { word: '' }],
  ['nothing', undefined],
  ['a piece of JSON', '{"wo'],
])(
  'a cut-off call of a tool is left out of a whole answer, however complete it looks: %s',
  async (_what, input) => {
    bedrock.answers.push(
      answerOf('max_tokens', { text: 'Hm.' }, useOf('first', first.input), useOf('second', input)),
    );
    const { reply, stopReason, usage } = await ask();
    expect(reply.blocks).toEqual([{ type: 'text', text: 'Hm.' }, first]);
    expect([stopReason, usage]).toEqual(['max_tokens', whole.usage]);
  },
);

test.each([
  ['in the middle of its input', [startOf('second'), inputDelta('{"wo'), blockStop]],
  ['without the end of its block', [startOf('second'), inputDelta('{"wo')]],
  ['before its input', [startOf('second'), blockStop]],
  ['where its input could be whole', [startOf('second'), inputDelta('{}'), blockStop]],
])('a cut-off call of a tool in a stream is left out of the answer: %s', async (_where, frames) => {
  bedrock.answers.push(stream(...firstStreamed, ...frames, stopFor('max_tokens'), metadata));
  const { reply, stopReason, usage } = await askForStream();
  expect(reply.blocks).toEqual([first]);
  expect([stopReason, usage]).toMatchObject(['max_tokens', { inputTokens: 3, outputTokens: 2 }]);
});

test('a call of a tool without parameters has an empty input', async () => {
  bedrock.answers.push(stream(startOf('first'), blockStop, stopFor('tool_use'), metadata));
  expect((await askForStream()).reply.blocks).toEqual([{ ...first, input: {} }]);
});

test.each<[string, boolean, Script]>([
  ['of a whole answer', true, answerOf('tool_use', useOf('first', '{"wo'))],
  [
    'of a whole answer, before another',
    true,
    answerOf('max_tokens', useOf('first', []), useOf('second', {})),
  ],
  [
    'of a stream',
    false,
    stream(startOf('first'), inputDelta('{"wo'), blockStop, stopFor('tool_use'), metadata),
  ],
  [
    'of a stream, a list',
    false,
    stream(startOf('first'), inputDelta('[]'), blockStop, stopFor('end_turn'), metadata),
  ],
  [
    'of a stream, before another',
    false,
    stream(
      startOf('first'),
      inputDelta('{"wo'),
      blockStop,
      ...firstStreamed,
      stopFor('max_tokens'),
      metadata,
    ),
  ],
])(
  'an input of a tool that is not an object and was not cut off is an upstream error: %s',
  async (_of, isWhole, answer) => {
    bedrock.answers.push(answer);
    const error = await failureOf(isWhole ? ask() : askForStream());
    expect([error.statement.code, error.retryable, error.unbilled]).toEqual(['upstream_error', false, false]);
  },
);

const invokeModel = (format: InvokeFormat): ModelDefinition => ({
  upstream: 'invoke',
  format,
  modelId: 'model',
  maxOutputTokens: 2048,
  lifecycle: { status: 'active' },
});

test('a call that is not sent in time is not billed', async () => {
  const error = await failureOf(ask({ deadline: { ...ample, signal: AbortSignal.abort() } }));
  expect([error.statement.code, error.unbilled, bedrock.requests]).toEqual(['model_timeout', true, 0]);
});

const cohere: ModelDefinition = {
  upstream: 'embed',
  format: 'cohere-embed',
  modelId: 'cohere.embed-v4:0',
  maxOutputTokens: 1,
  lifecycle: { status: 'active' },
};

test('the usage of a call is the sum over its requests, and each must report its own', async () => {
  const vectors =
    (tokens: Readonly<Record<number, number>>): Script =>
    (response, body) => {
      const { texts } = JSON.parse(body);
      const said = tokens[texts.length];
      const counted = said === undefined ? {} : { 'x-amzn-bedrock-input-token-count': String(said) };
      const float = Array.from({ length: texts.length }, () => [1]);
      response.writeHead(200, counted).end(JSON.stringify({ embeddings: { float } }));
    };
  const texts = { kind: 'embed' as const, inputs: Array.from({ length: 97 }, () => 'x') };
  const embed = () => read(upstream.call(cohere, texts, target, { whole: true, deadline: ample }));
  bedrock.answers.push(vectors({ 96: 500, 1: 7 }), vectors({ 96: 500, 1: 7 }));
  expect((await embed()).usage).toMatchObject({ inputTokens: 507, outputTokens: 0 });
  bedrock.answers.push(vectors({ 96: 500 }), vectors({ 96: 500 }));
  const error = await failureOf(embed());
  expect([error.statement.code, error.unbilled]).toEqual(['upstream_error', false]);
  expect(error.retryable).toBe(false);
  expect(error.usage).toMatchObject({ inputTokens: 500 });
});

const titan: ModelDefinition = { ...cohere, format: 'titan-embed', modelId: 'amazon.titan-embed-text-v2:0' };

test('inputs that each take a request are sent eight at a time, and their vectors are in order', async () => {
  const count = 20;
  const pending: (() => void)[] = [];
  // Answers only after eight requests, or the last, have come, and in reverse order.
  const together: Script = (response, body) => {
    const { inputText } = JSON.parse(body);
    const vector = { embedding: [Number(inputText)], inputTextTokenCount: 3 };
    pending.push(() => json(vector)(response, body));
    if (pending.length < 8 && bedrock.requests < count) return;
    for (const answer of pending.splice(0).reverse()) answer();
  };
  bedrock.answers.push(...Array.from({ length: count }, () => together));
  const inputs = Array.from({ length: count }, (_, index) => String(index));
  const asked = upstream.call(titan, { kind: 'embed', inputs }, target, { whole: true, deadline: ample });
  const { reply, usage, stopReason } = await read(asked);
  expect(reply.vectors).toEqual(inputs.map((input) => [Number(input)]));
  expect([usage, stopReason]).toMatchObject([{ inputTokens: 60, outputTokens: 0 }, 'end_turn']);
});

test('a count that Claude leaves out of a later event keeps its earlier value', async () => {
  const usage = {
    input_tokens: 1000,
    cache_read_input_tokens: 50,
    cache_creation_input_tokens: 70,
    cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 40 },
    output_tokens: 1,
  };
  const unknown = { input_tokens: null, cache_read_input_tokens: null, cache_creation_input_tokens: null };
  bedrock.answers.push(
    stream(
      chunk({ type: 'message_start', message: { usage } }),
      chunk({
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { ...unknown, output_tokens: 4000 },
      }),
    ),
  );
  const asked = { kind: 'messages' as const, body: { max_tokens: 4096 } };
  const said = await read(upstream.call(claude, asked, target, { whole: false, deadline: ample }));
  expect(said.usage).toMatchObject({
    inputTokens: 1000,
    outputTokens: 4000,
    cacheReadTokens: 50,
    cacheWriteTokens: 30,
    cacheWrite1hTokens: 40,
  });
});

test("Converse's cache writes are counted by their duration", async () => {
  const usage = { inputTokens: 5, outputTokens: 2, cacheReadInputTokens: 3, cacheWriteInputTokens: 100 };
  const cacheDetails = [
    { ttl: '1h', inputTokens: 60 },
    { ttl: '5m', inputTokens: 40 },
  ];
  const answer = (said: object) => json({ ...whole, usage: said });
  bedrock.answers.push(answer({ ...usage, cacheDetails }), answer(usage));
  const counted = { inputTokens: 5, outputTokens: 2, totalTokens: 110, cacheReadTokens: 3 };
  expect((await ask()).usage).toEqual({ ...counted, cacheWriteTokens: 40, cacheWrite1hTokens: 60 });
  expect((await ask()).usage).toEqual({ ...counted, cacheWriteTokens: 100 });
  bedrock.answers.push(answer({ ...usage, cacheDetails: [{ ttl: '1h', inputTokens: 'many' }] }));
  expect((await failureOf(ask())).statement.code).toBe('upstream_error');
});

test('a model of the Titan Text body streams', async () => {
  const piece = { index: 0, inputTextTokenCount: 3 };
  bedrock.answers.push(
    stream(
      chunk({ ...piece, outputText: '\nBle', totalOutputTextTokenCount: 1, completionReason: null }),
      chunk({ ...piece, outputText: 'ak.', totalOutputTextTokenCount: 2, completionReason: 'LENGTH' }),
    ),
  );
  expect(await askForStream({ model: invokeModel('titan-text') })).toMatchObject({
    pieces: ['Ble', 'ak.'],
    text: 'Bleak.',
    stopReason: 'max_tokens',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  });
});

test('a model of the Llama body streams, and a guardrail that intervened is seen', async () => {
  const piece = { prompt_token_count: null, stop_reason: null };
  bedrock.answers.push(
    stream(
      chunk({ ...piece, generation: ' ', prompt_token_count: 3, generation_token_count: 1 }),
      chunk({ ...piece, generation: 'Bleak.', generation_token_count: 2 }),
      chunk({
        ...piece,
        generation: '',
        generation_token_count: 3,
        stop_reason: 'stop',
        'amazon-bedrock-guardrailAction': 'INTERVENED',
      }),
    ),
  );
  expect(await askForStream({ model: invokeModel('llama') })).toMatchObject({
    pieces: ['Bleak.'],
    text: 'Bleak.',
    stopReason: 'guardrail_intervened',
    usage: { inputTokens: 3, outputTokens: 3, totalTokens: 6 },
  });
});

test.each([
  ['without a stop reason', [delta('Bleak.'), metadata]],
  ['without anything', []],
  ['with a piece that is not a string', [delta(5), stop, metadata]],
])('a stream that ends %s is an upstream error that may have been billed', async (_case, frames) => {
  bedrock.answers.push(stream(...frames));
  const error = await failureOf(askForStream());
  expect([error.statement.code, error.unbilled, error.retryable]).toEqual(['upstream_error', false, false]);
});

const billed = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };

test.each<[string, ModelDefinition, Uint8Array, TokenUsage]>([
  ['Converse', catalogue.titan, metadata, { ...billed, cacheReadTokens: 1 }],
  [
    'a body of its own',
    invokeModel('llama'),
    chunk({ generation: 'Ble', prompt_token_count: 3, generation_token_count: 2 }),
    billed,
  ],
])(
  'a stream of %s that breaks off reports what Bedrock had counted by then',
  async (_case, model, counted, usage) => {
    bedrock.answers.push((response) => void begin(response).write(counted, () => response.destroy()));
    expect((await failureOf(askForStream({ model }))).usage).toEqual(usage);
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
  bedrock.answers.push((response) => {
    response.on('close', () => hungUp.resolve());
    script(response, () => silent.resolve());
  });
  const given = failureOf(askForStream({ onText: () => silent.resolve() }));
  await silent.promise;
  await vi.advanceTimersByTimeAsync(600_000);
  const error = await given;
  expect([error.statement.code, error.unbilled]).toEqual(['model_timeout', false]);
  await hungUp.promise;
});

test("a slow reader's time does not count as the model's silence", async () => {
  bedrock.answers.push(stream(delta('Ble'), delta('ak.'), stop, metadata));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { text } = await askForStream({ onText: () => vi.advanceTimersByTimeAsync(600_000) });
  expect(text).toBe('Bleak.');
});
