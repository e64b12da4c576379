import { ErrorEnvelopeSchema, errorDefinition, isErrorCode, type Route, routes } from '@org/contract';
import { catalogue } from '@org/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplyEvent } from '../../call/reply.ts';
import type { Upstream } from '../../call/upstream.ts';
import type { Json } from '../../json.ts';
import { deployedCaller } from '../../testing/deployed-caller.ts';
import { exchange } from '../../testing/exchange.ts';
import { anyJson, mutationsOf, runs } from '../../testing/fuzz.ts';
import { config, countNothing, requestOf, usage } from '../../testing/request.ts';

const canary = 'canary-prompt';

const png = 'data:image/png;base64,iVBORw0KGgo=';

const chat = {
  model: 'nova-2-lite',
  stream: true,
  stream_options: { include_usage: true },
  messages: [
    { role: 'system', content: canary },
    {
      role: 'user',
      content: [
        { type: 'text', text: canary },
        { type: 'image_url', image_url: { url: png, detail: 'auto' } },
        { type: 'file', file: { file_data: 'data:text/plain;base64,Y2FuYXJ5', filename: canary } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: `{"a":"${canary}"}` } }],
    },
    { role: 'tool', tool_call_id: 'a', content: canary },
  ],
  tools: [
    {
      type: 'function',
      function: { name: 'find', description: canary, parameters: { type: 'object', properties: {} } },
    },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  max_completion_tokens: 100,
  temperature: 0.5,
  top_p: 1,
  stop: [canary],
  reasoning_effort: 'none',
  service_tier: 'auto',
  n: 1,
  seed: 1,
  user: `${canary}@example.com`,
};

const schema = {
  model: 'nova-2-lite',
  messages: [{ role: 'user', content: canary }],
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: 'a',
      strict: true,
      schema: { type: 'object', properties: { a: { const: canary } } },
    },
  },
};

const embed = {
  model: 'titan-embed-v2',
  input: [canary, canary],
  encoding_format: 'base64',
  dimensions: 256,
  input_type: 'query',
  user: `${canary}@example.com`,
};

/** Models of every kind of upstream. */
const models = new Map(
  (['nova-2-lite', 'titan-embed-v2'] as const).map((alias) => [
    alias as string,
    { alias, definition: catalogue[alias], modelId: `id-of-${alias}`, price: { input: 1, output: 2 } },
  ]),
);

/** Calls a tool. If an answer by a schema is asked for, the call is that answer. */
const replies = (name: string): ReplyEvent[] => [
  { type: 'begin', block: { type: 'reasoning' } },
  { type: 'delta', delta: { type: 'reasoning', text: 'Hm.' } },
  { type: 'end' },
  { type: 'begin', block: { type: 'text' } },
  { type: 'delta', delta: { type: 'text', text: 'Bleak.' } },
  { type: 'end' },
  { type: 'begin', block: { type: 'tool_use', id: 'b', name } },
  { type: 'delta', delta: { type: 'input', json: '{}' } },
  { type: 'end' },
  { type: 'stopped', stopReason: 'tool_use' },
  { type: 'usage', usage },
];

const vectors = (count: number): ReplyEvent[] => [
  ...Array.from({ length: count }, (): ReplyEvent => ({ type: 'vector', vector: [0.5, -1] })),
  { type: 'stopped', stopReason: 'end_turn' },
  { type: 'usage', usage },
];

const upstream: Upstream = {
  async *call(_model, call) {
    if (call.kind === 'embed') yield* vectors(call.inputs.length);
    if (call.kind !== 'chat') return;
    const [tool] = call.tools ?? [];
    yield* replies(tool?.type === 'tool' ? tool.name : 'none');
  },
  count: countNothing,
};

const bodies: fc.Arbitrary<{ readonly route: Route; readonly body: Json }> = fc.oneof(
  { weight: 6, arbitrary: mutationsOf(chat).map((body) => ({ route: routes.chatCompletions, body })) },
  { weight: 2, arbitrary: mutationsOf(schema).map((body) => ({ route: routes.chatCompletions, body })) },
  { weight: 3, arbitrary: mutationsOf(embed).map((body) => ({ route: routes.embeddings, body })) },
  {
    weight: 1,
    arbitrary: fc.record({
      route: fc.constantFrom(routes.chatCompletions, routes.embeddings),
      body: anyJson,
    }),
  },
);

/** The error of an answer, if it is one. Throws if the answer is neither an error nor one of OpenAI's API. */
function errorOf(status: number, type: string, text: string) {
  if (type === 'text/event-stream') {
    const events = text.split('\n\n').slice(0, -1);
    for (const event of events) expect(event).toMatch(/^data: \S/);
    const last = events.at(-1)?.slice('data: '.length) ?? '';
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
    for (const chunk of chunks) expect(chunk.object).toBe('chat.completion.chunk');
    return last === '[DONE]' ? undefined : ErrorEnvelopeSchema.parse(JSON.parse(last)).error;
  }
  const json = JSON.parse(text);
  if (status !== 200) return ErrorEnvelopeSchema.parse(json).error;
  expect(['chat.completion', 'list']).toContain(json.object);
  return undefined;
}

/** Sends a request, and throws if a forbidden string was written, or a hold remains. */
async function send(route: Route, body: Json) {
  const caller = deployedCaller(config, 'key2');
  if (!caller) throw new Error('The test has no caller.');
  const { handlerOptions, event, lines, holds, charges } = requestOf(null, {
    route: [route.method, route.path],
    config: { ...config, models },
    caller: { ...caller, models: [...models.keys()] },
    upstream,
  });
  const { head, body: text } = await exchange({ ...event, body: JSON.stringify(body) }, handlerOptions);
  expect(`${text}${lines.join()}`).not.toContain(canary);
  expect(charges).toHaveLength(holds.length);
  return errorOf(head.statusCode, String(head.headers['content-type']), text);
}

test.each([
  [routes.chatCompletions, chat],
  [routes.chatCompletions, schema],
  [routes.embeddings, embed],
])('the request that is varied here is answered: %j', async (route, body) => {
  expect(await send(route, body)).toBeUndefined();
});

test("any request is answered in the API's words or refused, repeats nothing and leaves nothing held", async () => {
  await fc.assert(
    fc.asyncProperty(bodies, async ({ route, body }) => {
      const error = await send(route, body);
      if (!error) return;
      if (!isErrorCode(error.code)) throw new Error(`${error.code} is not a code of the contract.`);
      // The model does not keep to a schema.
      if (errorDefinition(error.code).status >= 500) expect(error.code).toBe('invalid_output');
      expect(error.message).not.toMatch(/undefined|\[object/);
    }),
    runs(1000),
  );
});
