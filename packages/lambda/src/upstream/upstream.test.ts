import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { catalogue, type InvokeFormat, type ModelDefinition } from '@org/models';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Deadline } from '../call/deadline.ts';
import type { TokenUsage } from '../call/reply.ts';
import type { CountableCall, Upstream } from '../call/upstream.ts';
import { ProxyError } from '../proxy-error.ts';
import { clientOf } from '../testing/loopback-bedrock.ts';
import { ample, call, read, target } from '../testing/upstream-call.ts';
import { createUpstream } from './upstream.ts';

type Script = (response: ServerResponse, body: string) => void;

const json =
  (body: object): Script =>
  (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const whole = {
  output: { message: { role: 'assistant', content: [{ text: 'Bleak.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
};

const exception =
  (name: string, status: number, message = 'internal message'): Script =>
  (response) =>
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'x-amzn-errortype': `${name}:http://internal/`,
      })
      .end(JSON.stringify({ message }));

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** One event of a stream, as Bedrock writes it. */
function event(type: string, body: object): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':message-type': text('event'),
      ':event-type': text(type),
      ':content-type': text('application/json'),
    },
    body: fromUtf8(JSON.stringify(body)),
  });
}

const delta = (text: unknown) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
const stop = event('messageStop', { stopReason: 'end_turn' });
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
const waits: number[] = [];
let requests = 0;
let last = { path: '', body: '' };
let upstream: Upstream;
const server = createServer(async (request, response) => {
  requests += 1;
  last = { path: request.url ?? '', body: await text(request) };
  (answers.shift() ?? json(whole))(response, last.body);
});

beforeAll(async () => {
  upstream = createUpstream({
    client: await clientOf(server),
    sleep: async (milliseconds) => void waits.push(milliseconds),
    random: () => 0.5,
  });
});

beforeEach(() => {
  answers.length = 0;
  waits.length = 0;
  requests = 0;
});

afterEach(() => void vi.useRealTimers());

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface AskOptions {
  readonly model?: ModelDefinition;
  readonly deadline?: Deadline;
  readonly onText?: (text: string) => unknown;
}

const ask = ({ model = catalogue.titan, deadline = ample }: AskOptions = {}) =>
  read(upstream.call(model, call, target, { whole: true, deadline }));

const askForStream = ({ model = catalogue.titan, deadline = ample, onText }: AskOptions = {}) =>
  read(upstream.call(model, call, target, { whole: false, deadline }), onText);

async function failureOf(asked: Promise<unknown>): Promise<ProxyError> {
  const thrown: unknown = await asked.then(
    () => 'nothing',
    (error: unknown) => error,
  );
  if (!(thrown instanceof ProxyError)) throw thrown;
  return thrown;
}

const noAccess = "You don't have access to the model with the specified model ID.";
const denied = 'User: arn:aws:iam::1:role/x is not authorized to perform: bedrock:InvokeModel';
const notAuthorized = 'Your account is not authorized to invoke this API operation.';
const onDemand = "Invocation of model ID x with on-demand throughput isn't supported.";

test.each([
  ['AccessDeniedException', 403, noAccess, 'model_unavailable'],
  ['AccessDeniedException', 403, denied, 'upstream_denied'],
  ['ValidationException', 400, 'Input is too long for requested model.', 'context_too_long'],
  ['ValidationException', 400, onDemand, 'model_unavailable'],
  ['ValidationException', 400, 'The provided model identifier is invalid.', 'model_unavailable'],
  ['ValidationException', 400, 'temperature: 3 is greater than the maximum', 'invalid_request'],
  ['ValidationException', 400, 'tools.0.name: String is too long.', 'invalid_request'],
  [
    'ValidationException',
    400,
    'Malformed input request: #/toolConfig/tools/0/toolSpec/name: expected maxLength: 64, actual: 70, please reformat your input and try again.',
    'invalid_request',
  ],
  ['ValidationException', 400, 'Operation not allowed', 'upstream_denied'],
  ['ValidationException', 400, notAuthorized, 'upstream_denied'],
  ['AccessDeniedException', 403, notAuthorized, 'upstream_denied'],
  [
    'ValidationException',
    400,
    'Your account is not authorized to perform this action. Please create a support case.',
    'upstream_denied',
  ],
  [
    'AccessDeniedException',
    403,
    'Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided. Your AWS Marketplace subscription for this model cannot be completed at this time.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    400,
    'Access to this model is not available for channel program accounts. Reach out to your AWS Solution Provider.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    400,
    'Access to Anthropic models is not allowed from unsupported countries, regions, or territories.',
    'model_unavailable',
  ],
  [
    'ValidationException',
    400,
    "data retention mode 'default' is not available for this model",
    'model_unavailable',
  ],
  [
    'AccessDeniedException',
    403,
    'anthropic.claude is not available for this account. You can explore other available models on Amazon Bedrock.',
    'model_unavailable',
  ],
  [
    'ResourceNotFoundException',
    404,
    'Model use case details have not been submitted for this account.',
    'model_unavailable',
  ],
  ['SomethingNewException', 429, '', 'model_throttled'],
  ['SomethingNewException', 403, '', 'upstream_denied'],
  ['SomethingNewException', 504, '', 'model_timeout'],
  ['SomethingNewException', 500, '', 'upstream_error'],
])('%s (%i, "%s") is reported as %s', async (name, status, message, code) => {
  answers.push(exception(name, status, message), exception(name, status, message));
  const error = await failureOf(ask());
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
  const error = await failureOf(ask());
  expect([error.retryable, error.unbilled]).toEqual([retryable, unbilled]);
});

test('an answer that the model withheld after it was written is not taken for a call that is not billed', async () => {
  answers.push(exception('ValidationException', 400, 'Output blocked by content filtering policy'));
  const error = await failureOf(ask());
  expect([error.statement.code, error.unbilled]).toEqual(['upstream_error', false]);
  expect(error.retryable).toBe(false);
});

test('words of a caller that Bedrock repeats do not blame the operator', async () => {
  answers.push(
    exception('ValidationException', 400, "The tool name 'guardrail access to this model' is invalid"),
  );
  expect((await failureOf(ask())).statement.code).toBe('invalid_request');
});

test.each([
  ['a name that every object has', '__proto__', '{"message":"internal message"}'],
  ['a message that is not a string', 'ValidationException', '{"message":[[{"toString":null}]]}'],
])('an exception with %s is reported like any other', async (_case, name, body) => {
  answers.push((response) =>
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': name }).end(body),
  );
  expect(['upstream_error', 'invalid_request']).toContain((await failureOf(ask())).statement.code);
});

test("an exception's name that is not a string does not reach the log, which could not write it", async () => {
  const body = '{"__type":[{"":9007199254740992}],"message":"internal message"}';
  answers.push((response) => response.writeHead(424, { 'content-type': 'application/json' }).end(body));
  expect((await failureOf(ask())).failure).toMatchObject({ name: 'Error', status: 424 });
});

test("a refused parameter is named, and none of Bedrock's words is repeated", async () => {
  const said = 'arn:aws:bedrock:us-east-1:111122223333 temperature canary';
  answers.push(exception('ValidationException', 400, said));
  expect((await failureOf(ask())).statement).toEqual({
    code: 'invalid_request',
    message: 'The model refused temperature. Change it or leave it out.',
    param: 'temperature',
  });
});

/** In the words of Bedrock, Claude and others. */
test.each([
  [
    'The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.',
    'toolChoice',
  ],
  [
    "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
    'toolChoice',
  ],
  ["The model returned the following errors: Tool 'find' not found in provided tools", 'toolChoice'],
  ["This model doesn't support tool use.", 'tools'],
  ["This model doesn't support tool use in streaming mode.", 'tools'],
  [
    'The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
    'tools',
  ],
  [
    'The model returned the following errors: tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12',
    'tools',
  ],
  ['The toolConfig field must be defined when using toolUse and toolResult content blocks.', 'tools'],
  ["This model doesn't support the outputConfig field. Remove outputConfig and try again.", 'outputSchema'],
  [
    "The model returned the following errors: output_config.format.schema: For 'object' type, additionalProperties must be explicitly set to false",
    'outputSchema',
  ],
  [
    'The model returned the following errors: messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking',
    'messages',
    'the thoughts of an earlier turn',
  ],
  [
    "This model doesn't support the reasoningContent field. Remove reasoningContent and try again.",
    'reasoning',
  ],
  [
    'The model returned the following errors: `temperature` may only be set to 1 when thinking is enabled.',
    'temperature',
  ],
  [
    'The model returned the following errors: `top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.',
    'topP',
  ],
  [
    'The maximum tokens you requested exceeds the model limit of 8192. Try again with a maximum tokens value that is lower than 8192.',
    'maxTokens',
  ],
  [
    'The model returned the following errors: `max_tokens` must be greater than `thinking.budget_tokens`.',
    'maxTokens',
  ],
  [
    'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
    'cache',
    'a cache point',
  ],
  [
    'Malformed input request: #/toolConfig/tools/1: extraneous key [cachePoint] is not permitted, please reformat your input and try again.',
    'cache',
    'a cache point',
  ],
  [
    'The model returned the following errors: A maximum of 4 blocks with cache_control may be provided. Found 5.',
    'cache',
    'a cache point',
  ],
  [
    'The model returned the following errors: messages.0.content.2.image.source.bytes: image exceeds 5 MB maximum: 7167852 bytes > 5242880 bytes',
    'messages',
    'an image',
  ],
  ['The model returned the following errors: Could not process image', 'messages', 'an image'],
  ['A text block must be included when using documents.', 'messages', 'a document'],
  ['The model returned the following errors: The PDF specified was not valid.', 'messages', 'a document'],
  [
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    'system',
  ],
  [
    'Expected toolResult blocks at messages.2.content for the following Ids: tooluse_a',
    'messages',
    'a tool call or its result',
  ],
  [
    'The model returned the following errors: messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: tooluse_a. Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    'messages',
    'a tool call or its result',
  ],
  [
    'The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` block',
    'messages',
    'the thoughts of an earlier turn',
  ],
  [
    'The model returned the following errors: messages.1.content.0.thinking.signature: Field required',
    'messages',
    'the thoughts of an earlier turn',
  ],
  [
    'The model returned the following errors: messages.3.content.9: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.',
    'messages',
    'the thoughts of an earlier turn',
  ],
  ['The text field in the ContentBlock object at messages.0.content.0 is blank.', undefined],
])('the parameter that Bedrock refuses is named: %s', async (said, param, name = param) => {
  answers.push(exception('ValidationException', 400, said));
  const { statement } = await failureOf(ask());
  expect(statement).toMatchObject({ code: 'invalid_request', param });
  expect(statement.message).toContain(name === undefined ? 'the request' : `refused ${name}.`);
});

test('an unsupported cache point is named, although Bedrock says that access is denied', async () => {
  const said = 'You invoked an unsupported model or your request did not allow prompt caching.';
  answers.push(exception('AccessDeniedException', 403, said));
  const error = await failureOf(ask());
  expect([error.statement.code, error.statement.param]).toEqual(['invalid_request', 'cache']);
  expect(error.unbilled).toBe(true);
});

const promptsTooLong = [
  'Input is too long for requested model.',
  'The model returned the following errors: prompt is too long: 200049 tokens > 200000 maximum',
  'The model returned the following errors: input length and `max_tokens` exceed context limit: 199759 + 8192 > 200000, decrease input length or `max_tokens` and try again',
  'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
  'The model returned the following errors: too many total text bytes: 9400000 > 9000000',
  "This model's maximum context length is 128000 tokens. Please reduce the length of the prompt",
  'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
  '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9279 ',
  'Malformed input request: expected maxLength: 50000, actual: 50001, please reformat your input and try again.',
  'Malformed input request: #/texts/41: expected maxLength: 2048, actual: 2882, please reformat your input and try again.',
];

/** The error from an exception in a stream. */
const exceptionEvent = (type: string, message: string) =>
  codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'exception' },
      ':exception-type': { type: 'string', value: type },
    },
    body: fromUtf8(JSON.stringify({ message })),
  });

test.each(promptsTooLong)(
  'a prompt that is too long costs nothing, whether refused or streamed: %s',
  async (said) => {
    const refused = exception('ValidationException', 400, said);
    const streamed = stream(
      event('messageStart', { role: 'assistant' }),
      exceptionEvent('validationException', said),
    );
    for (const [answer, asking] of [
      [refused, ask],
      [refused, askForStream],
      [streamed, askForStream],
    ] as const) {
      answers.push(answer);
      const error = await failureOf(asking());
      expect([error.statement.code, error.unbilled]).toEqual(['context_too_long', true]);
    }
  },
);

test.each<[string, Uint8Array[]]>([
  [
    'after the model had said something',
    [delta('Ble'), exceptionEvent('validationException', promptsTooLong[0] ?? '')],
  ],
  ['that is no refusal of the prompt', [exceptionEvent('validationException', 'The input is wrong.')]],
  ['of another kind', [exceptionEvent('modelStreamErrorException', promptsTooLong[0] ?? '')]],
  ['that is a throttle', [exceptionEvent('throttlingException', '')]],
])('an exception in a stream %s may have been billed', async (_which, frames) => {
  answers.push(stream(...frames));
  expect((await failureOf(askForStream())).unbilled).toBe(false);
});

test('a throttled call is tried once more, after a short wait', async () => {
  answers.push(exception('ThrottlingException', 429));
  expect((await ask()).text).toBe('Bleak.');
  expect([requests, waits]).toEqual([2, [400]]);
});

test('a throttled call is not tried again if the deadline leaves no room', async () => {
  answers.push(exception('ThrottlingException', 429));
  await failureOf(ask({ deadline: { ...ample, remaining: () => 700 } }));
  expect(requests).toBe(1);
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
    answers.push(json(body));
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
    answers.push(
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
  answers.push(stream(...firstStreamed, ...frames, stopFor('max_tokens'), metadata));
  const { reply, stopReason, usage } = await askForStream();
  expect(reply.blocks).toEqual([first]);
  expect([stopReason, usage]).toMatchObject(['max_tokens', { inputTokens: 3, outputTokens: 2 }]);
});

test('a call of a tool without parameters has an empty input', async () => {
  answers.push(stream(startOf('first'), blockStop, stopFor('tool_use'), metadata));
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
    answers.push(answer);
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
  expect([error.statement.code, error.unbilled, requests]).toEqual(['model_timeout', true, 0]);
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
  answers.push(vectors({ 96: 500, 1: 7 }), vectors({ 96: 500, 1: 7 }));
  expect((await embed()).usage).toMatchObject({ inputTokens: 507, outputTokens: 0 });
  answers.push(vectors({ 96: 500 }), vectors({ 96: 500 }));
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
    if (pending.length < 8 && requests < count) return;
    for (const answer of pending.splice(0).reverse()) answer();
  };
  answers.push(...Array.from({ length: count }, () => together));
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
  answers.push(
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

test('a quota of tokens for the day is asked for once, and lasts', async () => {
  const said = 'Too many tokens per day, please wait before trying again.';
  for (const asking of [ask, askForStream]) {
    requests = 0;
    answers.push(exception('ThrottlingException', 429, said));
    const error = await failureOf(asking());
    expect([error.statement.code, error.retryable, error.unbilled]).toEqual(['model_throttled', false, true]);
    expect(error.message).toContain('AWS account');
    expect(requests).toBe(1);
  }
});

test('an unknown message of Bedrock is logged in listed words only, and the prompt is never logged', async () => {
  const said = 'The model x-9 does not support "my Secret prompt is 4711" at messages.0.content.';
  answers.push(exception('ValidationException', 400, said));
  expect((await failureOf(ask())).failure).toMatchObject({
    name: 'ValidationException',
    said: 'the model _ does not support _ prompt is _ at messages _ content',
  });
  answers.push(exception('SomethingNewException', 400, 'Access denied'));
  expect((await failureOf(ask())).failure).toMatchObject({ said: 'access denied' });
  answers.push(exception('ValidationException', 400, 'Input is too long for requested model.'));
  expect((await failureOf(ask())).failure?.said).toBeUndefined();
});

/** Clients of the model's own API match its words. */
test.each([
  ['messages.1.content.0: Invalid `signature` in `thinking` block', 'invalid_request'],
  ['prompt is too long: 200001 tokens > 200000 maximum', 'context_too_long'],
])("Claude's refusal of a body of its own API is quoted: %s", async (said, code) => {
  answers.push(exception('ValidationException', 400, said));
  const asked = { kind: 'messages' as const, body: { max_tokens: 5 } };
  const error = await failureOf(read(upstream.call(claude, asked, target, { whole: true, deadline: ample })));
  expect(error).toMatchObject({ statement: { code, message: said }, quoted: true, unbilled: true });
});

test.each([
  ['an ARN', 400, 'ValidationException', 'temperature: not for arn:aws:bedrock:us-east-1:1:x'],
  ['an account', 400, 'ValidationException', 'temperature: not in 111122223333'],
  ['a model that is not offered', 400, 'ValidationException', onDemand],
  ['an access that is denied', 403, 'AccessDeniedException', 'User: x is not authorized'],
  ['a failure', 500, 'InternalServerException', 'at Internal.method'],
])('a message about %s is not quoted', async (_what, status, name, said) => {
  answers.push(exception(name, status, said));
  const asked = { kind: 'messages' as const, body: { max_tokens: 5 } };
  const error = await failureOf(read(upstream.call(claude, asked, target, { whole: true, deadline: ample })));
  expect(error.quoted).toBe(false);
  expect(error.message).not.toContain(said);
});

test("Converse's cache writes are counted by their duration", async () => {
  const usage = { inputTokens: 5, outputTokens: 2, cacheReadInputTokens: 3, cacheWriteInputTokens: 100 };
  const cacheDetails = [
    { ttl: '1h', inputTokens: 60 },
    { ttl: '5m', inputTokens: 40 },
  ];
  const answer = (said: object) => json({ ...whole, usage: said });
  answers.push(answer({ ...usage, cacheDetails }), answer(usage));
  const counted = { inputTokens: 5, outputTokens: 2, totalTokens: 110, cacheReadTokens: 3 };
  expect((await ask()).usage).toEqual({ ...counted, cacheWriteTokens: 40, cacheWrite1hTokens: 60 });
  expect((await ask()).usage).toEqual({ ...counted, cacheWriteTokens: 100 });
  answers.push(answer({ ...usage, cacheDetails: [{ ttl: '1h', inputTokens: 'many' }] }));
  expect((await failureOf(ask())).statement.code).toBe('upstream_error');
});

test('a model of the Titan Text body streams', async () => {
  const piece = { index: 0, inputTextTokenCount: 3 };
  answers.push(
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
  answers.push(
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
  answers.push(stream(...frames));
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
    answers.push((response) => void begin(response).write(counted, () => response.destroy()));
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
  answers.push((response) => {
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
  answers.push(stream(delta('Ble'), delta('ak.'), stop, metadata));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { text } = await askForStream({ onText: () => vi.advanceTimersByTimeAsync(600_000) });
  expect(text).toBe('Bleak.');
});

const claude = catalogue['claude-sonnet-4.6'];
const count = (asked: CountableCall = call, deadline: Deadline = ample) =>
  upstream.count(claude, asked, deadline);

test("a conversation's tokens are counted under the model's id, with all of the input and nothing else", async () => {
  answers.push(json({ inputTokens: 17 }));
  const tool = { type: 'tool' as const, name: 'find', inputSchema: { type: 'object' } };
  const extra = { thinking: { type: 'adaptive' } };
  const { messages } = call;
  const asked = { ...call, system: [{ type: 'text' as const, text: 'Be brief.' }], tools: [tool], extra };
  expect(await count({ ...asked, temperature: 1 })).toBe(17);
  expect(decodeURIComponent(last.path)).toBe(`/model/${claude.modelId}/count-tokens`);
  expect(JSON.parse(last.body)).toEqual({
    input: {
      converse: {
        messages: messages.map(({ role }) => ({ role, content: [{ text: 'What is a dystopia' }] })),
        system: [{ text: 'Be brief.' }],
        toolConfig: { tools: [{ toolSpec: { name: 'find', inputSchema: { json: { type: 'object' } } } }] },
        additionalModelRequestFields: extra,
      },
    },
  });
});

test('a body of the Messages API is counted as it would be sent', async () => {
  answers.push(json({ inputTokens: 17 }));
  const body = { max_tokens: 5, messages: [{ role: 'user', content: 'é' }] };
  expect(await count({ kind: 'messages', body })).toBe(17);
  const { input } = JSON.parse(last.body);
  expect(JSON.parse(Buffer.from(input.invokeModel.body, 'base64').toString())).toEqual({
    ...body,
    anthropic_version: 'bedrock-2023-05-31',
  });
});

test.each<[string, Script, code: string]>([
  ['is refused', exception('AccessDeniedException', 403), 'upstream_denied'],
  ['is throttled', exception('ThrottlingException', 429), 'model_throttled'],
  ['comes without a number', json({ inputTokens: '17' }), 'upstream_error'],
  [
    'comes as something else than JSON',
    (response) => response.writeHead(200).end('<html>'),
    'upstream_error',
  ],
])('a count that %s is an error, and is not tried again', async (_what, answer, code) => {
  answers.push(answer);
  expect((await failureOf(count())).statement.code).toBe(code);
  expect(requests).toBe(1);
});

test('a count that is late is given up while there is time to answer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = Promise.withResolvers<void>();
  answers.push(() => asked.resolve());
  const given = failureOf(count());
  await asked.promise;
  await vi.advanceTimersByTimeAsync(3000);
  expect((await given).statement.code).toBe('model_timeout');
});

test('a count ends when the time is up', async () => {
  const error = await failureOf(count(call, { ...ample, signal: AbortSignal.abort() }));
  expect(error.statement.code).toBe('model_timeout');
});
