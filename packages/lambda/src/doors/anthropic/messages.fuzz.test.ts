import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplyEvent } from '../../call/reply.ts';
import type { Upstream } from '../../call/upstream.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import { ProxyError } from '../../proxy-error.ts';
import { anyJson, mutationsOf, oddText, runs } from '../../testing/fuzz.ts';
import { askMessages, claudeSaying, eventsOf, took } from '../../testing/messages.ts';
import { saying } from '../../testing/request.ts';

const canary = 'canary-prompt';
const data = Buffer.from('bytes').toString('base64');
const cache_control = { type: 'ephemeral', ttl: '1h', scope: 'global' };

/** A request with something of everything. */
const whole = {
  model: 'nova-2-lite',
  max_tokens: 3000,
  system: [{ type: 'text', text: canary, cache_control }],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: canary, cache_control },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: canary }, title: canary },
        { type: 'search_result', source: canary, title: canary, content: [{ type: 'text', text: canary }] },
      ],
    },
    { role: 'system', content: canary },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: canary, signature: 'c2ln' },
        { type: 'redacted_thinking', data },
        { type: 'tool_use', id: 'a', name: 'find', input: { city: canary }, caller: { type: 'direct' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: canary }], is_error: true },
      ],
    },
  ],
  tools: [{ name: 'find', description: canary, input_schema: { type: 'object' }, cache_control }],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  thinking: { type: 'adaptive' },
  output_config: { effort: 'high' },
  stop_sequences: [canary],
  metadata: { user_id: `${canary}@example.com` },
  context_management: { edits: [{ type: 'clear_thinking_20251015' }] },
  cache_control,
  stream: false,
};

const aliases = fc.constantFrom('claude-sonnet-4.6', 'nova-2-lite', 'llama');

const bodies = fc
  .tuple(fc.oneof(mutationsOf(whole), anyJson), aliases, fc.boolean())
  .map(([body, model, stream]): JsonObject => ({ ...(isJsonObject(body) ? body : { body }), model, stream }));

const claude = claudeSaying([{ type: 'message_start', message: {} }, { type: 'message_stop' }]);

/** A model that answers in the words in which it is asked. */
const upstream: Upstream = {
  call: (model, call, target, manner) =>
    call.kind === 'messages'
      ? claude.call(model, call, target, manner)
      : (async function* () {
          yield* saying(['Ho']);
        })(),
  count: async () => 17,
};

/** Throws unless a stream ends exactly once, in a way that its reader knows. */
function checkEnd(body: string): void {
  const names = eventsOf(body).map(({ name, data: { type } }) => {
    expect(type).toBe(name);
    return name;
  });
  const terminal = names.filter((name) => name === 'message_stop' || name === 'error');
  expect(terminal).toHaveLength(1);
  expect(names.at(-1)).toBe(terminal[0]);
}

test('any request is answered or refused by name, and nothing stays held', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, fc.option(oddText), async (body, betas) => {
      const headers = {
        'content-type': 'application/json',
        ...(betas !== null && { 'anthropic-beta': betas }),
      };
      const { head, body: answer, holds, charges, lines } = await askMessages(body, { upstream, headers });
      expect([head.statusCode, answer]).toEqual([expect.toSatisfy((status) => status < 500), answer]);
      expect(charges).toHaveLength(holds.length);
      expect(`${answer}${lines}`).not.toContain(canary);
      if (head.headers['content-type'] === 'text/event-stream') checkEnd(answer);
      else if (head.statusCode !== 200) expect(JSON.parse(answer)).toMatchObject({ type: 'error' });
    }),
    runs(500),
  );
});

test('any request to count tokens is answered or refused, and nothing is held', async () => {
  const route = ['POST', '/v1/messages/count_tokens'] as const;
  await fc.assert(
    fc.asyncProperty(
      bodies,
      async ({ max_tokens: _, stream: __, stop_sequences: ___, metadata: ____, ...body }) => {
        const { head, body: answer, holds } = await askMessages(body, { upstream, route });
        expect([200, 400, 403]).toContain(head.statusCode);
        if (head.statusCode === 200) expect(JSON.parse(answer)).toEqual({ input_tokens: expect.any(Number) });
        expect(holds).toEqual([]);
      },
    ),
    runs(300),
  );
});

const text = fc.constantFrom('Ho', '', '"\n');
const block: fc.Arbitrary<ReplyEvent[]> = fc.oneof(
  fc
    .array(text)
    .map((pieces): ReplyEvent[] => [
      { type: 'begin', block: { type: 'text' } },
      ...pieces.map((piece): ReplyEvent => ({ type: 'delta', delta: { type: 'text', text: piece } })),
      { type: 'end' },
    ]),
  fc.constant<ReplyEvent[]>([
    { type: 'begin', block: { type: 'tool_use', id: 'a', name: 'find' } },
    { type: 'delta', delta: { type: 'input', json: '{}' } },
    { type: 'end' },
  ]),
  fc.constant<ReplyEvent[]>([
    { type: 'begin', block: { type: 'redacted_reasoning' } },
    { type: 'delta', delta: { type: 'redacted', bytes: Buffer.from('by') } },
    { type: 'end' },
  ]),
);

/** Events of Claude's, known and not, in any order. */
const claudeEvents = fc.array(
  fc
    .oneof(
      fc.record({
        type: fc.constantFrom('message_start', 'message_delta', 'message_stop', 'error', 'ping', 'new'),
        message: anyJson,
        delta: anyJson,
      }),
      fc.dictionary(fc.constantFrom('type', 'amazon-bedrock-trace', 'index'), anyJson),
    )
    .map((event): ReplyEvent => ({ type: 'message', event: JSON.parse(JSON.stringify(event)) })),
);

const failures = fc.constantFrom('upstream_error', 'model_throttled', 'model_timeout', 'invalid_request');

test('whatever a model says, a stream ends once, and its cost is charged', async () => {
  const said = fc.oneof(
    fc.record({ model: fc.constant('claude-sonnet-4.6'), events: claudeEvents }),
    fc.record({ model: fc.constant('nova-2-lite'), events: fc.array(block).map((blocks) => blocks.flat()) }),
  );
  await fc.assert(
    fc.asyncProperty(said, fc.option(failures), oddText, async ({ model, events }, failure, stopReason) => {
      const body = { model, max_tokens: 50, stream: true, messages: [{ role: 'user', content: 'Hi' }] };
      const {
        head,
        body: answer,
        holds,
        charges,
      } = await askMessages(body, {
        upstream: {
          ...upstream,
          async *call() {
            yield* events;
            if (failure !== null) throw new ProxyError({ code: failure });
            yield* [
              { type: 'stopped' as const, stopReason },
              { type: 'usage' as const, usage: took },
            ];
          },
        },
      });
      expect([holds.length, charges.length]).toEqual([1, 1]);
      if (head.statusCode === 200) checkEnd(answer);
      else expect(failure).not.toBeNull();
    }),
    runs(500),
  );
});
