import { AnswerSchema, EmbeddingsSchema, ModelListSchema } from '@org/contract';
import { type CatalogueAlias, capabilitiesOf, catalogue, efforts, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

type ConverseModel = Extract<ModelDefinition, { readonly upstream: 'converse' }>;

/** The models that answer; the others turn texts into vectors. */
const models = Object.entries<ModelDefinition>(catalogue).flatMap(([model, definition]) =>
  definition.upstream === 'converse' ? [[model, definition] as const] : [],
);

const embedding = [
  'titan-embed-v2',
  'cohere-embed-v3',
  'cohere-embed-v4',
] as const satisfies CatalogueAlias[];

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

test('every model answers complete and streamed, under the right id for the Region, and in JSON if it can', async () => {
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
  ['by a forced tool call', 'nova-lite'],
])('a cut-off answer says so, complete or streamed, and is charged (%s)', async (_way, model) => {
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

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const text = { type: 'text', text: 'What is this?' };
const said = (...content: object[]) => ({ question: undefined, messages: [{ role: 'user', content }] });
const tools = [{ name: 'find', description: 'Finds it.', inputSchema: { type: 'object' } }];

/** A request's fields for each feature, and the field that an error names. */
const features = {
  system: ['system', { system: 'Be brief.' }],
  history: [
    'history',
    {
      history: [
        { role: 'user', text: 'Hi' },
        { role: 'assistant', text: 'Ho' },
      ],
    },
  ],
  stop: ['stop', { stop: ['END'] }],
  temperature: ['temperature', { temperature: 0.5 }],
  topP: ['topP', { topP: 0.5 }],
  temperatureWithTopP: ['(temperature|topP)', { temperature: 0.5, topP: 0.5 }],
  images: ['messages', said({ type: 'image', format: 'png', data: png }, text)],
  documents: ['messages', said({ type: 'document', format: 'txt', name: 'Notes', data: 'Tm90ZXMu' }, text)],
  tools: ['tools', { tools }],
  cache: ['cache', { cache: '5m' }],
  serviceTier: ['serviceTier', { serviceTier: 'priority' }],
  outputSchema: ['outputSchema', { outputSchema }],
} as const;

/** A model's possible reasoning efforts and tool choices. */
const levels = [
  ...efforts.map((effort) => ({ reasoning: effort, maxTokens: 4000 })),
  ...(['auto', 'required', 'none', { name: 'find' }] as const).map((toolChoice) => ({ tools, toolChoice })),
  { cache: '1h' },
  { system: [text, { type: 'cache_point', ttl: '1h' }] },
  { tools: [...tools, { type: 'cache_point' }] },
  said(text, { type: 'cache_point' }),
];

function takes(
  { reasoning, toolChoices = [], cache }: ConverseModel,
  level: (typeof levels)[number],
): boolean {
  const { points } = cache ?? {};
  if ('reasoning' in level)
    return level.reasoning === 'off'
      ? takesOff(reasoning)
      : (reasoning?.efforts.includes(level.reasoning) ?? false);
  if ('toolChoice' in level) {
    const { toolChoice } = level;
    const isForced = toolChoice === 'required' || typeof toolChoice === 'object';
    const thinks = reasoning && reasoning.default !== 'off' && reasoning.excludes.includes('forcedTools');
    if (toolChoice === 'none') return toolChoices.length > 0;
    return (
      toolChoices.includes(typeof toolChoice === 'object' ? 'named' : toolChoice) && !(isForced && thinks)
    );
  }
  if ('cache' in level) return points?.ttls.includes('1h') ?? false;
  if ('system' in level) return (points?.parts.includes('system') && points.ttls.includes('1h')) ?? false;
  return points?.parts.includes('tools' in level ? 'tools' : 'messages') ?? false;
}

/** Turning reasoning off for a model that does not think is never an error. */
const takesOff = (reasoning: ConverseModel['reasoning']) => reasoning?.efforts.includes('off') ?? true;

test('every model takes the features among its capabilities; any other is refused by name, and nothing is held or billed', async () => {
  const { ask, bedrock, logs } = await startSystem('everything');
  const seen = async (fields: object) => {
    const received = bedrock.received.length;
    const reply = await ask('all-key', fields);
    if (reply.status === 200) return 'taken';
    expect(bedrock.received).toHaveLength(received);
    expect(JSON.parse(logs.at(-1) ?? '')).not.toHaveProperty('held');
    const { code, param } = reply.error();
    return `${code} ${param}`;
  };
  for (const [model, definition] of models) {
    // Under a limit in USD, a tier without a price is not available.
    const priced = definition.price?.some(({ tiers }) => tiers?.priority);
    const capabilities: readonly string[] = capabilitiesOf(definition).filter(
      (capability) => priced || capability !== 'serviceTier',
    );
    for (const [feature, [param, fields]] of Object.entries(features)) {
      const thinking = definition.reasoning?.efforts.includes('off') ? { reasoning: 'off' } : {};
      const expected = capabilities.includes(feature) ? 'taken' : `unsupported_feature ${param}`;
      const outcome = await seen({ model, ...thinking, ...fields });
      expect(outcome, `${model} ${feature}`).toMatch(new RegExp(`^${expected}$`));
    }
    for (const level of levels) {
      const outcome = await seen({ model, ...level });
      const expected = takes(definition, level) ? /^taken$/ : /^unsupported_feature /;
      expect(outcome, `${model} ${JSON.stringify(level)}`).toMatch(expected);
    }
  }
  for (const model of embedding) {
    expect(await seen({ model })).toBe('unsupported_feature model');
  }
});

test('texts become vectors, of a chosen size if the model offers one', async () => {
  const { send, keyValue, bedrock } = await startSystem('everything');
  const embed = (fields: object) =>
    send({ method: 'POST', path: '/bedrock/embed', key: keyValue('all-key'), body: JSON.stringify(fields) });
  for (const model of embedding) {
    const { vectors } = EmbeddingsSchema.parse((await embed({ model, inputs: ['One', 'Two'] })).json());
    expect(vectors).toHaveLength(2);
    const received = bedrock.received.length;
    const reply = await embed({ model, inputs: ['One'], dimensions: 256 });
    const definition: ModelDefinition = catalogue[model];
    const sizes = definition.upstream === 'embed' ? definition.dimensions : undefined;
    if (sizes?.includes(256)) {
      expect(EmbeddingsSchema.parse(reply.json()).vectors[0]).toHaveLength(256);
    } else {
      expect([model, reply.status, reply.error().param]).toEqual([model, 400, 'dimensions']);
      expect(bedrock.received).toHaveLength(received);
    }
  }
  const reply = await embed({ model: 'nova-lite', inputs: ['One'] });
  expect(reply.error()).toMatchObject({ code: 'unsupported_feature', param: 'model' });
});

test('a key sees the models of its plan, and their capabilities', async () => {
  const { send, keyValue } = await startSystem('shipped');
  const reply = await send({ method: 'GET', path: '/models', key: keyValue('research-key') });
  const { models } = ModelListSchema.parse(reply.json());
  expect(models.map(({ alias }) => alias)).toEqual([
    'titan',
    'llama',
    'nova-lite',
    'nova-pro',
    'titan-embed-v2',
  ]);
  expect(models[1]).toEqual({
    alias: 'llama',
    modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
    capabilities: [...capabilitiesOf(catalogue.llama)],
    contextTokens: 1024 * 1024,
    maxOutputTokens: 2048,
    lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
    price: { input: 0.24, output: 0.97 },
  });
  expect(models[2]?.capabilities).toContain('outputSchema');
});
