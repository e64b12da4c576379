import type { ErrorCode } from '@org/contract';
import { expect, test } from 'vitest';
import type { BeginningBlock, Delta, ReplyEvent } from '../../../call/reply.ts';
import type { Upstream } from '../../../call/upstream.ts';
import type { JsonObject } from '../../../json.ts';
import { ProxyError } from '../../../proxy-error.ts';
import { countNothing, failingWith, usage } from '../../../testing/request.ts';
import { eventsOf, respond } from '../../../testing/responses.ts';
import { sealed } from './thoughts.ts';

function block(beginning: BeginningBlock, ...deltas: Delta[]): ReplyEvent[] {
  return [
    { type: 'begin', block: beginning },
    ...deltas.map((delta): ReplyEvent => ({ type: 'delta', delta })),
    { type: 'end' },
  ];
}

const text = (...pieces: string[]) =>
  block({ type: 'text' }, ...pieces.map((piece): Delta => ({ type: 'text', text: piece })));
const call = (id: string, name: string, ...pieces: string[]) =>
  block({ type: 'tool_use', id, name }, ...pieces.map((json): Delta => ({ type: 'input', json })));
const thought = (said: string, signature: string) =>
  block({ type: 'reasoning' }, { type: 'reasoning', text: said }, { type: 'signature', signature });
const stop = (stopReason: string, took = usage): ReplyEvent[] => [
  { type: 'stopped', stopReason },
  { type: 'usage', usage: took },
];

const weather = { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} } };
const patch = { type: 'custom', name: 'patch' };
const agents = { type: 'namespace', name: 'agents', tools: [{ ...weather, name: 'spawn' }] };
const tools = [weather, patch, agents];

/** The same answer whole and streamed: the streamed one with its events. */
async function both(body: JsonObject, said: readonly ReplyEvent[]) {
  const whole = await respond(body, said);
  const streamed = await respond({ ...body, stream: true }, said);
  const events = eventsOf(streamed.text);
  return { response: JSON.parse(whole.text), events, last: events.at(-1) };
}

test('a response has all fields that the SDKs require, and repeats the request', async () => {
  const { response } = await both(
    { instructions: 'Be brief.', metadata: { run: '1' }, temperature: 0.5, store: true },
    [
      ...text('Ble', 'ak.'),
      ...stop('end_turn', { inputTokens: 3, outputTokens: 2, totalTokens: 15, cacheReadTokens: 10 }),
    ],
  );
  expect(response).toMatchObject({
    id: 'resp_request-1',
    object: 'response',
    created_at: Date.parse('2026-11-22T12:00:00Z') / 1000,
    status: 'completed',
    model: 'claude',
    error: null,
    incomplete_details: null,
    instructions: 'Be brief.',
    metadata: { run: '1' },
    temperature: 0.5,
    top_p: null,
    tool_choice: 'auto',
    tools: [],
    parallel_tool_calls: true,
    output: [
      {
        id: 'msg_request-1_0',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Bleak.', annotations: [] }],
      },
    ],
    usage: {
      input_tokens: 13,
      input_tokens_details: { cached_tokens: 10, cache_write_tokens: 0 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 15,
    },
  });
});

test('text is streamed as an item with one part, and the last event has the whole response', async () => {
  const { response, events, last } = await both({}, [...text('Ble', '', 'ak.'), ...stop('end_turn')]);
  expect(events.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]);
  expect(events[0]).toMatchObject({ response: { id: 'resp_request-1', status: 'in_progress', output: [] } });
  expect(events[4]).toMatchObject({
    item_id: 'msg_request-1_0',
    output_index: 0,
    content_index: 0,
    delta: 'Ble',
  });
  expect(events[6]).toMatchObject({ text: 'Bleak.' });
  expect(last).toMatchObject({ response });
});

test('calls are streamed in pieces, those of custom tools at once, each under the name that its caller gave', async () => {
  const said = [
    ...text('I look.'),
    ...call('t1', 'weather', '{"city"', ':"Oran"}'),
    ...call('t2', 'patch', '{"input":"*** Be', 'gin"}'),
    ...call('t3', 'agents__spawn'),
    ...call('t4', 'made_up', '{}'),
    ...stop('tool_use'),
  ];
  const { response, events, last } = await both({ tools }, said);
  expect(response.output).toMatchObject([
    { type: 'message' },
    {
      type: 'function_call',
      id: 'fc_request-1_1',
      call_id: 't1',
      name: 'weather',
      arguments: '{"city":"Oran"}',
    },
    { type: 'custom_tool_call', id: 'ctc_request-1_2', call_id: 't2', name: 'patch', input: '*** Begin' },
    { type: 'function_call', call_id: 't3', name: 'spawn', namespace: 'agents', arguments: '{}' },
    { type: 'function_call', call_id: 't4', name: 'made_up' },
  ]);
  expect(last).toMatchObject({ response });
  const deltas = events.filter(({ type }) => type.endsWith('.delta')).map(({ type, delta }) => [type, delta]);
  expect(deltas).toEqual([
    ['response.output_text.delta', 'I look.'],
    ['response.function_call_arguments.delta', '{"city"'],
    ['response.function_call_arguments.delta', ':"Oran"}'],
    ['response.custom_tool_call_input.delta', '*** Begin'],
    ['response.function_call_arguments.delta', '{}'],
  ]);
});

test('thoughts are a summary, and come sealed only if that is asked for', async () => {
  const said = [
    ...thought('They ask', 'sig'),
    ...block({ type: 'redacted_reasoning' }, { type: 'redacted', bytes: Buffer.from('secret') }),
    ...text('Ho'),
    ...stop('end_turn'),
  ];
  const { response, events, last } = await both({ include: ['reasoning.encrypted_content'] }, said);
  expect(response.output.slice(0, 2)).toEqual([
    {
      id: 'rs_request-1_0',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'They ask' }],
      encrypted_content: sealed({ type: 'reasoning', text: 'They ask', signature: 'sig' }),
    },
    {
      id: 'rs_request-1_1',
      type: 'reasoning',
      summary: [],
      encrypted_content: sealed({ type: 'redacted_reasoning', bytes: Buffer.from('secret') }),
    },
  ]);
  expect(last).toMatchObject({ response });
  expect(events.slice(2, 8).map(({ type }) => type)).toEqual([
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
  ]);
  const plain = await both({}, said);
  expect(JSON.stringify([plain.response, plain.events])).not.toContain('encrypted_content');
});

test('only the first of several calls is passed on if they must not be parallel', async () => {
  const said = [
    ...call('t1', 'weather', '{}'),
    ...call('t2', 'weather', '{}'),
    ...text('Wait.'),
    ...stop('tool_use'),
  ];
  const { response, events, last } = await both({ tools, parallel_tool_calls: false }, said);
  expect(response.output).toMatchObject([{ call_id: 't1' }, { type: 'message', id: 'msg_request-1_1' }]);
  expect(last).toMatchObject({ response });
  expect(JSON.stringify(events)).not.toContain('t2');
});

test('a call that was cut off is never said to be done', async () => {
  const said = [...call('t1', 'weather', '{"a":1}'), ...call('t2', 'weather', '{}'), ...stop('max_tokens')];
  const { response, events, last } = await both({ tools }, said);
  expect(response).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ call_id: 't1' }],
  });
  expect(last).toMatchObject({ type: 'response.incomplete', response });
  const done = events.filter(({ type }) => type === 'response.output_item.done');
  expect(done).toMatchObject([{ item: { call_id: 't1' } }]);
});

test.each([
  ['end_turn', 'completed', null],
  ['stop_sequence', 'completed', null],
  ['max_tokens', 'incomplete', { reason: 'max_output_tokens' }],
  ['model_context_window_exceeded', 'incomplete', { reason: 'max_output_tokens' }],
  ['guardrail_intervened', 'incomplete', { reason: 'content_filter' }],
  ['content_filtered', 'incomplete', { reason: 'content_filter' }],
  ['refusal', 'incomplete', { reason: 'content_filter' }],
])('an answer that ended by %s is %s', async (stopReason, status, details) => {
  const { response, last } = await both({}, [...text('Ho'), ...stop(stopReason)]);
  expect(response).toMatchObject({ status, incomplete_details: details });
  expect(last).toMatchObject({ type: `response.${status}`, response });
});

test.each<[code: ErrorCode, failure: string]>([
  ['upstream_error', 'server_error'],
  ['model_throttled', 'rate_limit_exceeded'],
  ['context_too_long', 'context_length_exceeded'],
  ['model_timeout', 'invalid_prompt'],
])(
  '%s in the middle of a stream is an error, and a response that has failed by %s',
  async (code, failure) => {
    const upstream: Upstream = {
      count: countNothing,
      async *call() {
        yield* text('Ho').slice(0, 2);
        throw new ProxyError({ code });
      },
    };
    const { text: sent, status } = await respond({ stream: true }, upstream);
    expect(status).toBe(200);
    const [error, failed] = eventsOf(sent).slice(-2);
    expect(error).toMatchObject({ type: 'error', code, error: { code }, request_id: 'request-1' });
    expect(failed).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: failure }, usage: null },
    });
  },
);

test('a failure before the first token has its own status, in a stream too', async () => {
  const error = new ProxyError({ code: 'model_throttled' });
  const { status, text: sent } = await respond({ stream: true }, failingWith(error));
  expect(status).toBe(429);
  expect(JSON.parse(sent)).toMatchObject({ error: { code: 'model_throttled' } });
});

test('an error names the fields of this API', async () => {
  const { status, text: sent } = await respond({ max_output_tokens: 1_000_000 }, []);
  expect(status).toBe(400);
  expect(JSON.parse(sent)).toMatchObject({
    error: {
      param: 'max_output_tokens',
      message: expect.stringContaining('max_output_tokens must be at most'),
      details: { issues: [{ path: 'max_output_tokens' }] },
    },
  });
});
