import { errorEnvelope } from '@org/contract';
import { catalogue } from '@org/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AskEvent, Finished } from '../../../call/ask.ts';
import { type ReplyEvent, ReplyFold, type TokenUsage } from '../../../call/reply.ts';
import type { ChosenModel } from '../../../config.ts';
import type { JsonObject } from '../../../json.ts';
import { oddText, runs } from '../../../testing/fuzz.ts';
import { call as asked } from '../../../testing/upstream-call.ts';
import { chatCompletionsDoor } from './chat.ts';

const model: ChosenModel = {
  alias: 'llama',
  definition: catalogue.llama,
  modelId: 'id-of-llama',
  price: undefined,
};

const request = (body: JsonObject = {}) => ({
  requestId: 'r',
  at: 1_700_000_000_999,
  body: { model: 'gpt-4o', ...body },
});
const usage: TokenUsage = {
  inputTokens: 3,
  outputTokens: 2,
  totalTokens: 16,
  cacheReadTokens: 10,
  cacheWriteTokens: 1,
};

function finishedOf(events: readonly ReplyEvent[], stopReason = 'end_turn'): Finished {
  const fold = new ReplyFold();
  for (const event of [...events, { type: 'stopped', stopReason } as const]) fold.add(event);
  return { reply: fold.reply, stopReason, usage, costUsd: undefined, limits: [], warnings: [] };
}

const begin = (block: Extract<ReplyEvent, { type: 'begin' }>['block']): ReplyEvent => ({
  type: 'begin',
  block,
});
const end: ReplyEvent = { type: 'end' };
const said = (text: string): ReplyEvent => ({ type: 'delta', delta: { type: 'text', text } });
const thought = (text: string): ReplyEvent => ({ type: 'delta', delta: { type: 'reasoning', text } });
const input = (json: string): ReplyEvent => ({ type: 'delta', delta: { type: 'input', json } });
const call = (id: string) => begin({ type: 'tool_use', id, name: 'find' });

const answerTo = (finished: Finished, body?: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(chatCompletionsDoor.answer({ ...request(body), model, finished })));

/** The data of each event of a stream, and its last line. */
function streamOf(events: readonly ReplyEvent[], finished: Finished, body: JsonObject = {}) {
  const frames = chatCompletionsDoor.frames?.(request(body));
  if (!frames) throw new Error('The door has no frames.');
  const all: AskEvent[] = [
    { type: 'chosen', model },
    { type: 'admitted', call: asked, warnings: [] },
    ...events,
    { type: 'finished', finished },
  ];
  const written = all.map((event) => frames.frame(event)).join('');
  const data = written
    .split('\n\n')
    .slice(0, -1)
    .map((line) => line.replace(/^data: /, ''));
  return { last: data.at(-1), chunks: data.slice(0, -1).map((json) => JSON.parse(json)) };
}

/** The message that a client puts together from chunks. */
function joined(
  chunks: readonly { choices: { delta: Record<string, unknown>; finish_reason: string | null }[] }[],
) {
  let content = '';
  let thoughts = '';
  const calls: { id: string; arguments: string }[] = [];
  for (const { choices } of chunks) {
    for (const { delta } of choices) {
      if (typeof delta['content'] === 'string') content += delta['content'];
      if (typeof delta['reasoning_content'] === 'string') thoughts += delta['reasoning_content'];
      const pieces = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
      for (const {
        index,
        id,
        function: { arguments: args },
      } of pieces) {
        if (id !== undefined) {
          expect(index).toBe(calls.length);
          calls.push({ id, arguments: args });
        } else {
          const open = calls[index];
          if (!open) throw new Error('A piece of a call came before it.');
          open.arguments += args;
        }
      }
    }
  }
  return { content, thoughts, calls };
}

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
  ['something_new', 'stop'],
])('a model that stops for %s ends with %s, whole and in a stream', (stopReason, finish_reason) => {
  const events = [begin({ type: 'text' }), said('Hi'), end];
  const finished = finishedOf(events, stopReason);
  expect(answerTo(finished)).toMatchObject({ choices: [{ finish_reason }] });
  expect(streamOf(events, finished).chunks.at(-1)).toMatchObject({ choices: [{ delta: {}, finish_reason }] });
});

test('a call is text and calls, and its usage counts the cache as part of the prompt', () => {
  const events = [
    begin({ type: 'text' }),
    said('Let me see.'),
    end,
    call('a'),
    input('{"a":'),
    input('1}'),
    end,
  ];
  expect(answerTo(finishedOf(events, 'tool_use'))).toEqual({
    id: 'chatcmpl-r',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'gpt-4o',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Let me see.',
          refusal: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{"a":1}' } }],
        },
        logprobs: null,
        finish_reason: 'tool_calls',
      },
    ],
    usage: {
      prompt_tokens: 14,
      completion_tokens: 2,
      total_tokens: 16,
      prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 1 },
    },
  });
});

test('an answer of nothing is an empty string, and one of calls alone is null', () => {
  expect(answerTo(finishedOf([]))).toMatchObject({ choices: [{ message: { content: '' } }] });
  const calls = [call('a'), end];
  expect(answerTo(finishedOf(calls, 'tool_use'))).toMatchObject({
    choices: [{ message: { content: null } }],
  });
});

test('a call that is cut off is not in the answer, and a stream ends with `length`', () => {
  const events = [call('a'), input('{}'), end, call('b'), input('{"a"'), end];
  const finished = finishedOf(events, 'max_tokens');
  expect(answerTo(finished)).toMatchObject({
    choices: [{ finish_reason: 'length', message: { tool_calls: [{ id: 'a' }] } }],
  });
  expect(streamOf(events, finished).chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'length' }] });
});

test('thoughts that only the model can read are left out', () => {
  const events: ReplyEvent[] = [
    begin({ type: 'reasoning' }),
    { type: 'delta', delta: { type: 'signature', signature: 'canary' } },
    end,
    begin({ type: 'redacted_reasoning' }),
    { type: 'delta', delta: { type: 'redacted', bytes: Buffer.from('canary') } },
    end,
    begin({ type: 'text' }),
    said('Hi'),
    end,
  ];
  const finished = finishedOf(events);
  const written = JSON.stringify([answerTo(finished), streamOf(events, finished)]);
  expect(written).not.toMatch(/canary|Y2FuYXJ5|reasoning_content/);
});

test('an error is the last event, in the envelope of every error', () => {
  const frames = chatCompletionsDoor.frames?.(request());
  const envelope = errorEnvelope({ code: 'upstream_error' }, 'r');
  expect(frames?.failed(envelope)).toBe(`data: ${JSON.stringify(envelope)}\n\n`);
  expect(frames?.ping).toMatch(/^:.*\n\n$/);
});

const anyText = fc.array(oddText, { maxLength: 3 });
const anyBlock = fc.oneof(
  anyText.map((pieces) => [begin({ type: 'text' }), ...pieces.map(said), end]),
  anyText.map((pieces) => [begin({ type: 'reasoning' }), ...pieces.map(thought), end]),
  fc.dictionary(fc.string(), fc.json({ maxDepth: 1 }), { maxKeys: 2 }).map((fields) => {
    const json = Object.keys(fields).length === 0 ? '' : JSON.stringify(fields);
    const half = json.length / 2;
    return [call('a'), input(json.slice(0, half)), input(json.slice(half)), end];
  }),
);

test('a stream says the same as the whole answer, whatever the model says', () => {
  fc.assert(
    fc.property(
      fc.array(anyBlock, { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      (blocks, parallel, counted) => {
        const body = {
          parallel_tool_calls: parallel,
          ...(counted && { stream_options: { include_usage: true } }),
        };
        const events = blocks.flat();
        const finished = finishedOf(events, 'tool_use');
        const { last, chunks } = streamOf(events, finished, body);
        const whole = chatCompletionsDoor.answer({ ...request(body), model, finished });
        const { choices, usage: took } = JSON.parse(JSON.stringify(whole));
        const { message, finish_reason } = choices[0];
        const { content, thoughts, calls } = joined(chunks);
        expect(last).toBe('[DONE]');
        expect([content, thoughts]).toEqual([message.content ?? '', message.reasoning_content ?? '']);
        const inputs = (message.tool_calls ?? []).map((each: { function: { arguments: string } }) =>
          JSON.parse(each.function.arguments),
        );
        expect(calls.map((each) => JSON.parse(each.arguments))).toEqual(inputs);
        expect(calls.length).toBeLessThanOrEqual(parallel ? 6 : 1);
        const finals = chunks.flatMap((chunk) =>
          chunk.choices.flatMap((choice: { finish_reason: unknown }) => choice.finish_reason ?? []),
        );
        expect(finals).toEqual([finish_reason]);
        if (counted) expect(chunks.at(-1)).toMatchObject({ choices: [], usage: took });
        else for (const chunk of chunks) expect(chunk).not.toHaveProperty('usage');
      },
    ),
    runs(500),
  );
});
