import { expect, onTestFinished, test, vi } from 'vitest';
import type { ReplyEvent } from '../../call/reply.ts';
import type { JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { askMessages, claudeSaying, eventsOf, took } from '../../testing/messages.ts';
import { answering, countNothing, failingWith, saying } from '../../testing/request.ts';

const question = { model: 'nova-2-lite', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] };
const toClaude = { ...question, model: 'claude-sonnet-4.6' };

const usage = {
  ...{ input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 4, cache_creation_input_tokens: 6 },
  cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 1 },
};

const block = (begin: Extract<ReplyEvent, { type: 'begin' }>['block'], ...deltas: object[]): ReplyEvent[] => [
  { type: 'begin', block: begin },
  ...deltas.map((delta) => ({ type: 'delta', delta }) as ReplyEvent),
  { type: 'end' },
];

const ended = (stopReason: string): ReplyEvent[] => [
  { type: 'stopped', stopReason },
  { type: 'usage', usage: took },
];

/** Of every kind. */
const blocks: ReplyEvent[] = [
  ...block(
    { type: 'reasoning' },
    { type: 'reasoning', text: 'Hm.' },
    { type: 'signature', signature: 'c2ln' },
  ),
  ...block(
    { type: 'redacted_reasoning' },
    { type: 'redacted', bytes: Buffer.from('by') },
    { type: 'redacted', bytes: Buffer.from('tes') },
  ),
  ...block({ type: 'text' }, { type: 'text', text: 'Let me "see"' }, { type: 'text', text: '.' }),
  ...block(
    { type: 'tool_use', id: 'a', name: 'find' },
    { type: 'input', json: '{"city":' },
    { type: 'input', json: '"Lima"}' },
  ),
  ...block({ type: 'tool_use', id: 'b', name: 'find' }, { type: 'input', json: '' }),
  ...ended('tool_use'),
];

test("another model's whole answer is a message of Anthropic's", async () => {
  const { head, body } = await askMessages(question, { upstream: answering(blocks) });
  expect(head.statusCode).toBe(200);
  expect(JSON.parse(body)).toEqual({
    id: 'msg_request-1',
    ...{ type: 'message', role: 'assistant', model: 'nova-2-lite' },
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
      { type: 'redacted_thinking', data: Buffer.from('bytes').toString('base64') },
      { type: 'text', text: 'Let me "see".', citations: null },
      { type: 'tool_use', id: 'a', name: 'find', input: { city: 'Lima' } },
      { type: 'tool_use', id: 'b', name: 'find', input: {} },
    ],
    ...{ stop_reason: 'tool_use', stop_sequence: null },
    usage,
  });
});

test("another model's stream has the events of Anthropic's, each under its own name", async () => {
  const { head, body } = await askMessages({ ...question, stream: true }, { upstream: answering(blocks) });
  expect(head.headers['content-type']).toBe('text/event-stream');
  const events = eventsOf(body);
  expect(events.filter(({ name, data }) => name !== data.type)).toEqual([]);
  const delta = (index: number, said: object) => ({ type: 'content_block_delta', index, delta: said });
  const start = (index: number, content_block: object) => ({
    type: 'content_block_start',
    index,
    content_block,
  });
  const stop = (index: number) => ({ type: 'content_block_stop', index });
  expect(events.map(({ data }) => data)).toEqual([
    {
      type: 'message_start',
      message: expect.objectContaining({
        ...{ id: 'msg_request-1', model: 'nova-2-lite', content: [], stop_reason: null },
        usage: expect.objectContaining({ input_tokens: 0, output_tokens: 0 }),
      }),
    },
    start(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'Hm.' }),
    delta(0, { type: 'signature_delta', signature: 'c2ln' }),
    stop(0),
    start(1, { type: 'redacted_thinking', data: Buffer.from('bytes').toString('base64') }),
    stop(1),
    start(2, { type: 'text', text: '', citations: null }),
    delta(2, { type: 'text_delta', text: 'Let me "see"' }),
    delta(2, { type: 'text_delta', text: '.' }),
    stop(2),
    start(3, { type: 'tool_use', id: 'a', name: 'find', input: {} }),
    delta(3, { type: 'input_json_delta', partial_json: '{"city":' }),
    delta(3, { type: 'input_json_delta', partial_json: '"Lima"}' }),
    stop(3),
    start(4, { type: 'tool_use', id: 'b', name: 'find', input: {} }),
    delta(4, { type: 'input_json_delta', partial_json: '' }),
    stop(4),
    { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
    { type: 'message_stop' },
  ]);
});

test.each([true, false])(
  'if one call of a tool is asked for, only the first of several is passed on; streamed: %s',
  async (stream) => {
    const tool_choice = { type: 'auto', disable_parallel_tool_use: true };
    const tools = [{ name: 'find', input_schema: { type: 'object' } }];
    const { body } = await askMessages(
      { ...question, stream, tools, tool_choice },
      { upstream: answering(blocks) },
    );
    expect(body.match(/"tool_use","id":"\w"/g)).toEqual(['"tool_use","id":"a"']);
  },
);

test.each([
  ['end_turn', 'end_turn'],
  ['max_tokens', 'max_tokens'],
  ['stop_sequence', 'stop_sequence'],
  ['guardrail_intervened', 'refusal'],
  ['content_filtered', 'refusal'],
  ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ['whatever is new', 'end_turn'],
])('a model that stops for %s stops for %s', async (stopReason, stop_reason) => {
  const { body } = await askMessages(question, { upstream: answering(saying(['Ho'], { stopReason })) });
  expect(JSON.parse(body)).toMatchObject({ stop_reason });
});

test('if a stop string ended an answer, the answer names it', async () => {
  const upstream = answering(saying(['Ho'], { stopReason: 'stop_sequence' }));
  const { body } = await askMessages({ ...question, stop_sequences: ['.'] }, { upstream });
  expect(JSON.parse(body).stop_sequence).toBe('.');
  const several = await askMessages({ ...question, stop_sequences: ['.', '!'] }, { upstream });
  expect(JSON.parse(several.body).stop_sequence).toBeNull();
});

const message = {
  ...{ id: 'msg_bdrk_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-6-20260217' },
  content: [{ type: 'text', text: 'Ho', citations: [{ type: 'char_location' }] }],
  ...{ stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 3, new_count: 1 } },
};

test("Claude's whole answer goes out as it comes, under the requested name, without Bedrock's additions", async () => {
  const upstream = claudeSaying([{ ...message, 'amazon-bedrock-guardrailAction': 'NONE' }]);
  const { body } = await askMessages(toClaude, { upstream });
  expect(JSON.parse(body)).toEqual({ ...message, model: 'claude-sonnet-4.6' });
});

const claudeStream: JsonObject[] = [
  { type: 'message_start', message: { ...message, content: [] } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'new_delta', words: 'Ho' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3 } },
];

test("Claude's events go out as they come, and end once", async () => {
  const { body } = await askMessages({ ...toClaude, stream: true }, { upstream: claudeSaying(claudeStream) });
  const [first, ...others] = claudeStream;
  expect(eventsOf(body).map(({ data }) => data)).toEqual([
    { ...first, message: { ...message, content: [], model: 'claude-sonnet-4.6' } },
    ...others.slice(0, -1),
    { type: 'message_stop' },
  ]);
});

test('a guardrail that answers in place of Claude is a refusal', async () => {
  const blocked = { ...message, stop_reason: 'guardrail_intervened' };
  const whole = await askMessages(toClaude, { upstream: claudeSaying([blocked], 'guardrail_intervened') });
  expect(JSON.parse(whole.body).stop_reason).toBe('refusal');
  const event = { type: 'message_delta', delta: { stop_reason: 'guardrail_intervened' }, usage: {} };
  const upstream = claudeSaying([event], 'guardrail_intervened');
  const streamed = await askMessages({ ...toClaude, stream: true }, { upstream });
  expect(eventsOf(streamed.body)[0]?.data.delta.stop_reason).toBe('refusal');
});

/** Fails after it has said this. */
const failingAfter = (events: readonly ReplyEvent[]) => ({
  async *call() {
    yield* events;
    throw new ProxyError({ code: 'upstream_error' }, { outcomeUnknown: true });
  },
  count: countNothing,
});

test.each<[string, JsonObject, ReplyEvent[]]>([
  ['another model', question, block({ type: 'text' }, { type: 'text', text: 'Ho' })],
  ['Claude', toClaude, claudeStream.map((event) => ({ type: 'message' as const, event }))],
])('a stream of %s that breaks ends with one error, and stays charged', async (_what, asked, events) => {
  const upstream = failingAfter(events);
  const { body, holds, charges } = await askMessages({ ...asked, stream: true }, { upstream });
  const written = eventsOf(body);
  expect(written.map(({ name }) => name).filter((name) => ['error', 'message_stop'].includes(name))).toEqual([
    'error',
  ]);
  expect(written.at(-1)?.data).toMatchObject({
    type: 'error',
    error: { type: 'api_error', message: expect.any(String) },
    request_id: 'request-1',
  });
  expect(charges).toEqual(holds.map(({ worstCase }) => worstCase));
});

test.each([question, toClaude])('while a model is silent, there are pings of this API', async (asked) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const done = Promise.withResolvers<void>();
  const silent = {
    ...answering([]),
    async *call() {
      await done.promise;
      yield* asked === question
        ? saying(['Ho'])
        : claudeStream.map((event) => ({ type: 'message' as const, event }));
      yield* ended('end_turn');
    },
  };
  const answer = askMessages({ ...asked, stream: true }, { upstream: silent });
  await vi.advanceTimersByTimeAsync(40_000);
  done.resolve();
  const names = eventsOf((await answer).body).map(({ name }) => name);
  expect(names.filter((name) => name === 'ping').length).toBeGreaterThan(0);
  expect(names.at(-1)).toBe('message_stop');
});

test('a refusal before a stream begins has its own status, and names the fields of this API', async () => {
  const { head, body, holds } = await askMessages({ ...question, stream: true, max_tokens: 1e9 });
  expect(head.statusCode).toBe(400);
  expect(JSON.parse(body)).toMatchObject({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      param: 'max_tokens',
      message: expect.stringMatching(/^max_tokens must be/),
    },
  });
  expect(holds).toEqual([]);
});

test('why Claude refuses is said in its own words, none of them ours', async () => {
  const words = 'messages.1: `tool_use` ids: stop, cache and question must be unique';
  const upstream = failingWith(
    new ProxyError(
      { code: 'invalid_request', message: words, param: 'maxTokens' },
      { unbilled: true, quoted: true },
    ),
  );
  const { body, charges } = await askMessages(toClaude, { upstream });
  expect(JSON.parse(body).error).toMatchObject({ message: words, param: 'max_tokens' });
  expect(charges).toEqual([{ requests: 0, tokens: 0, usd: 0 }]);
});

test('a model that is not there, or cannot be asked, is named', async () => {
  const missing = await askMessages({ ...question, model: 'claude-9' });
  expect(missing.head.statusCode).toBe(404);
  expect(JSON.parse(missing.body).error).toMatchObject({ type: 'not_found_error', param: 'model' });
});

test("pieces of text are counted in the log, for Claude and other makers' models", async () => {
  const { lines } = await askMessages(
    { ...toClaude, stream: true },
    {
      upstream: claudeSaying([
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Ho' } },
        ...claudeStream,
      ]),
    },
  );
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    operation: 'messages',
    deltas: 1,
    firstDeltaMs: expect.any(Number),
  });
});

const counted = async (body: JsonObject, count = countNothing) => {
  const route = ['POST', '/v1/messages/count_tokens'] as const;
  const { upstream } = { upstream: { ...answering([]), count } };
  const { head, body: answer, holds } = await askMessages(body, { route, upstream });
  expect(holds).toEqual([]);
  return { status: head.statusCode, kind: head.headers['x-token-count'], ...JSON.parse(answer) };
};

const { max_tokens: _, ...uncounted } = question;

test('Bedrock counts tokens if it can for the model; else they are estimated', async () => {
  const claude = { ...uncounted, model: 'claude-sonnet-4.6' };
  expect(await counted(claude, async () => 17)).toEqual({ status: 200, kind: 'exact', input_tokens: 17 });
  const estimate = await counted({ ...uncounted, model: 'llama' });
  expect(estimate).toMatchObject({ status: 200, kind: 'estimate' });
  expect(estimate.input_tokens).toBeLessThan(100);
});

test('if Bedrock fails to count, the number is an estimate; a refusal stays a refusal', async () => {
  const claude = { ...uncounted, model: 'claude-sonnet-4.6' };
  const failing = (code: 'model_throttled' | 'invalid_request') => () =>
    Promise.reject(new ProxyError({ code }));
  expect(await counted(claude, failing('model_throttled'))).toMatchObject({ kind: 'estimate' });
  expect(await counted(claude, failing('invalid_request'))).toMatchObject({ status: 400 });
});

test.each<[body: JsonObject, status: number]>([
  [{ ...uncounted, max_tokens: 5 }, 400],
  [{ ...uncounted, model: 'claude-9' }, 404],
  [{ ...uncounted, messages: 'Hi' }, 400],
])('of %j no tokens are counted', async (body, status) => {
  expect(await counted(body)).toMatchObject({ status, type: 'error' });
});

test('more text is more tokens, an image as many as it can be, and a PDF as many as fit', async () => {
  const of = async (...content: JsonObject[]) =>
    (
      await counted({
        ...uncounted,
        messages: [{ role: 'user', content: [...content, { type: 'text', text: 'Hi' }] }],
      })
    ).input_tokens;
  const data = Buffer.from('bytes').toString('base64');
  const plain = await of();
  expect(await of({ type: 'text', text: 'x'.repeat(300) })).toBeGreaterThan(plain + 99);
  const source = { type: 'base64', media_type: 'application/pdf', data };
  expect(await of({ type: 'document', source })).toBeGreaterThan(100_000);
});
