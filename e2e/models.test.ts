import { AnswerSchema, ModelListSchema } from '@org/contract';
import { catalogue, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

/** Those that answer; the others turn texts into vectors. */
const models = Object.entries<ModelDefinition>(catalogue).flatMap(([model, definition]) =>
  definition.upstream === 'converse' ? [[model, definition] as const] : [],
);

const outputSchema = {
  type: 'object',
  properties: {
    city: { type: 'string', minLength: 1 },
    people: { type: 'integer' },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
  },
  required: ['city', 'people'],
  additionalProperties: false,
  $defs: { tag: { type: 'string' } },
};

test('every model answers whole and in pieces, under the id that is right for the Region, and in JSON where it can', async () => {
  const { ask, stream, bedrock } = await startSystem('everything');
  for (const [model, definition] of models) {
    const received = bedrock.received.length;
    const answer = AnswerSchema.parse((await ask('all-key', { model })).json());
    expect(answer.modelId).toMatch(new RegExp(`^(us\\.)?${RegExp.escape(definition.modelId)}$`));
    expect(answer.text).toContain('What is a dystopia');
    expect(answer.usage.costUsd, model).toBeGreaterThan(0);

    const { events } = await (await stream('all-key', { model })).rest();
    expect(events[0]).toMatchObject({ type: 'start', model, modelId: answer.modelId });
    expect(events.map((event) => (event.type === 'delta' ? event.text : '')).join('')).toBe(answer.text);
    expect(events.at(-1)).toMatchObject({ type: 'done', usage: answer.usage });

    const structured = await ask('all-key', { model, outputSchema });
    if (definition.structuredOutput) {
      const { output, text } = AnswerSchema.parse(structured.json());
      expect(output, model).toMatchObject({ city: expect.any(String), people: expect.any(Number) });
      expect(JSON.parse(text)).toEqual(output);
      const pieces = await (await stream('all-key', { model, outputSchema })).rest();
      expect(pieces.events.at(-1)).toMatchObject({ type: 'done', output });
    } else {
      expect([model, structured.status, structured.error().param]).toEqual([model, 400, 'outputSchema']);
    }
    const ids = bedrock.received.slice(received).map((call) => call.modelId);
    expect(new Set(ids)).toEqual(new Set([answer.modelId]));
  }
});

test.each([
  ['by Bedrock itself', 'claude-haiku-4.5'],
  ['by a tool that it is made to call', 'nova-lite'],
])('an answer that is cut off says so, whole or in pieces, and is charged (%s)', async (_way, model) => {
  const fields = { model, outputSchema, maxTokens: 2 };
  const { ask, stream, bedrock, client } = await startSystem('everything');
  const reply = await ask('all-key', fields);
  expect([reply.status, reply.headers.get('x-should-retry')]).toEqual([502, 'false']);
  expect(reply.error()).toMatchObject({ code: 'invalid_output', details: { stopReason: 'max_tokens' } });
  expect(reply.error().message).toContain('cut off at maxTokens');
  const { events } = await (await stream('all-key', fields)).rest();
  expect(events.at(-1)).toMatchObject({ error: { code: 'invalid_output' } });
  const { limits } = await client('all-key').client.usage();
  expect(limits[0]?.used).toBeGreaterThan(0);
  expect(bedrock.received).toHaveLength(2);
});

test('every model takes what its capabilities name, and is never asked what they do not', async () => {
  const { ask, bedrock } = await startSystem('everything');
  const fields = {
    system: 'Be brief.',
    history: [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Ho' },
    ],
    stop: ['END'],
    temperature: 0.5,
    topP: 0.5,
  };
  for (const [model, definition] of models) {
    const capabilities: readonly string[] = definition.capabilities;
    for (const [field, value] of Object.entries(fields)) {
      const received = bedrock.received.length;
      const reply = await ask('all-key', { model, [field]: value });
      const taken = [reply.status, bedrock.received.length - received];
      expect([model, field, ...taken]).toEqual([
        model,
        field,
        ...(capabilities.includes(field) ? [200, 1] : [400, 0]),
      ]);
    }
    const both = await ask('all-key', { model, temperature: 0.5, topP: 0.5 });
    expect([model, both.status]).toEqual([model, capabilities.includes('temperatureWithTopP') ? 200 : 400]);
  }
});

test('a key sees the models of its plan, and what each can do', async () => {
  const { send, keyValue } = await startSystem('shipped');
  const reply = await send({ method: 'GET', path: '/models', key: keyValue('research-key') });
  const { models } = ModelListSchema.parse(reply.json());
  expect(models.map(({ alias }) => alias)).toEqual(['titan', 'llama', 'nova-lite', 'nova-pro']);
  expect(models[1]).toEqual({
    alias: 'llama',
    modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
    capabilities: [...catalogue.llama.capabilities],
    contextTokens: 1024 * 1024,
    maxOutputTokens: 2048,
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
    price: { input: 0.24, output: 0.97 },
  });
  expect(models[2]?.capabilities).toContain('outputSchema');
});
