import type { ChatCall, ToolResultBlock } from '@org/lambda/call/call';
import type { ChosenModel } from '@org/lambda/config';
import { allInputTokens, type ModelDefinition, plainCapabilities } from '@org/models';
import { beforeEach, expect, test } from 'vitest';
import { goOn, startMiddle } from './middle.ts';

const common = {
  onDemandRegions: ['us-east-1'],
  contextTokens: 200_000,
  imageTokens: 1568,
  maxOutputTokens: 4096,
  lifecycle: { status: 'active' },
} as const;

const price = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2 };

/** Models that can do everything, one for each form of request. */
const definitions = {
  claude: {
    ...common,
    ...{ upstream: 'converse', messagesApi: true, modelId: 'anthropic.claude-test-v1:0' },
    capabilities: plainCapabilities,
    toolChoices: ['auto', 'required', 'named'],
    reasoning: { form: 'claude-adaptive', efforts: ['high'], default: 'high', history: true, excludes: [] },
    cache: {
      implicit: true,
      points: { ttls: ['5m', '1h'], minimumTokens: 1, most: 4, parts: ['tools', 'system', 'messages'] },
    },
  },
  titan: {
    ...{ ...common, upstream: 'embed', format: 'titan-embed', modelId: 'amazon.titan-embed-test-v2:0' },
    dimensions: [1024, 256],
  },
  cohere: {
    ...{ ...common, upstream: 'embed', format: 'cohere-embed', modelId: 'cohere.embed-test-v4:0' },
    dimensions: [1536, 256],
  },
} as const satisfies Record<string, ModelDefinition>;

const models = Object.entries(definitions).map(
  ([alias, definition]): ChosenModel => ({ alias, definition, modelId: definition.modelId, price }),
);

let system: Awaited<ReturnType<typeof startMiddle>>;
beforeEach(async () => {
  system = await startMiddle(models);
});

const pixel = Buffer.from('iVBORw0KGgo=', 'base64');
const report = Buffer.from('%PDF-1.7');
const weather = {
  type: 'tool',
  name: 'weather',
  description: 'Says how the weather is.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
} as const;

const withEverything: ChatCall = {
  kind: 'chat',
  system: [
    { type: 'text', text: 'Answer briefly.' },
    { type: 'cache_point', ttl: '1h' },
  ],
  tools: [weather, { type: 'cache_point', ttl: '1h' }],
  toolChoice: 'auto',
  messages: [
    {
      role: 'user',
      blocks: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', format: 'png', bytes: pixel },
        { type: 'document', format: 'pdf', name: 'Report (1)', bytes: report, citations: true },
        { type: 'cache_point' },
      ],
    },
  ],
  maxTokens: 200,
  temperature: 0.5,
  stop: ['END'],
  reasoning: 'high',
};

const script = {
  blocks: [
    { kind: 'reasoning', deltas: ['I need', ' the weather.'] },
    { kind: 'redacted', deltas: ['c2VjcmV0'] },
    { kind: 'text', deltas: ['Let me', ' look.'] },
    { kind: 'tool', name: 'weather', deltas: ['{"city":', '"Kraków"}'] },
  ],
} as const;

const results: ToolResultBlock['content'] = [
  { type: 'json', json: { degrees: 5 } },
  { type: 'text', text: 'Rain' },
  { type: 'image', format: 'png', bytes: pixel },
  { type: 'document', format: 'txt', name: 'more', bytes: Buffer.from('Wet') },
];

test.each([true, false])(
  'every block of a call reaches Bedrock, and every block of its answer comes back (complete: %s)',
  async (whole) => {
    system.bedrock.answerNext(script);
    const { reply, sent } = await system.askFor('claude', withEverything, whole);
    expect(reply.blocks).toEqual([
      { type: 'reasoning', text: 'I need the weather.', signature: expect.stringMatching(/=$/) },
      { type: 'redacted_reasoning', bytes: Buffer.from('secret') },
      { type: 'text', text: 'Let me look.' },
      {
        type: 'tool_use',
        id: expect.stringMatching(/^tooluse_/),
        name: 'weather',
        input: { city: 'Kraków' },
      },
    ]);
    const source = (bytes: Buffer) => ({ bytes: bytes.toString('base64') });
    expect(sent).toEqual({
      messages: [
        {
          role: 'user',
          content: [
            { text: 'What is this?' },
            { image: { format: 'png', source: source(pixel) } },
            {
              document: {
                ...{ format: 'pdf', name: 'Report (1)', source: source(report) },
                citations: { enabled: true },
              },
            },
            { cachePoint: { type: 'default' } },
          ],
        },
      ],
      system: [{ text: 'Answer briefly.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'weather',
              description: weather.description,
              inputSchema: { json: weather.inputSchema },
            },
          },
          { cachePoint: { type: 'default', ttl: '1h' } },
        ],
        toolChoice: { auto: {} },
      },
      inferenceConfig: { maxTokens: 200, temperature: 0.5, stopSequences: ['END'] },
      additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      requestMetadata: { team: 'acme', keyId: 'key' },
    });
  },
);

test.each([true, false])(
  'thoughts, tool calls and their results are unchanged in the next call (complete: %s)',
  async (whole) => {
    system.bedrock.answerNext(script, { deltas: ['Rain, 5 degrees.'] });
    const first = await system.askFor('claude', withEverything, whole);
    // Bedrock refuses a thought with another text's signature.
    const { reply } = await system.askFor('claude', goOn(withEverything, first.reply, results), whole);
    expect(reply.blocks).toEqual([{ type: 'text', text: 'Rain, 5 degrees.' }]);
  },
);

test('tokens written to the prompt cache and read from it are charged as such', async () => {
  const first = await system.askFor('claude', withEverything, true);
  const second = await system.askFor('claude', withEverything, true);
  const { usage } = first.settled.ending ?? {};
  const { inputTokens = 0, outputTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = usage ?? {};
  // Tools and system prompt are cached for an hour, the document for 5 minutes.
  expect(cacheWriteTokens).toBeGreaterThan(1000);
  expect(cacheWrite1hTokens).toBeGreaterThan(0);
  const written = cacheWriteTokens + cacheWrite1hTokens;
  expect(second.settled.ending?.usage).toMatchObject({ cacheReadTokens: written, cacheWriteTokens: 0 });
  const costs = [first, second].map(({ settled }) => settled.charged.usd);
  expect(costs).toEqual([
    Math.ceil(inputTokens + 5 * outputTokens + 1.25 * cacheWriteTokens + 2 * cacheWrite1hTokens),
    Math.ceil(inputTokens + 5 * outputTokens + 0.1 * written),
  ]);
});

test.each([
  ['titan', 3, 3],
  ['cohere', 100, 2],
] as const)('texts become vectors, in as many calls of %s as necessary', async (alias, texts, calls) => {
  const inputs = Array.from({ length: texts }, (_, index) => `Text number ${index}`);
  const { reply, settled } = await system.askFor(alias, { kind: 'embed', inputs, dimensions: 256 }, true);
  expect(reply.vectors.map(({ length }) => length)).toEqual(inputs.map(() => 256));
  expect(new Set(reply.vectors.map(String)).size).toBe(texts);
  expect(system.bedrock.received).toHaveLength(calls);
  expect(settled.charged).toMatchObject({ requests: 1, tokens: system.bedrock.billed.inputTokens });
  expect(settled.held.tokens).toBeGreaterThan(settled.charged.tokens);
});

const messagesBody = {
  max_tokens: 300,
  system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
  thinking: { type: 'adaptive' },
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is a dystopia?' }] }],
};

test.each([true, false])(
  'a body of the Messages API goes to Claude, and the answer keeps its form (complete: %s)',
  async (whole) => {
    const { events, settled, sent } = await system.askFor(
      'claude',
      { kind: 'messages', body: messagesBody },
      whole,
    );
    expect(sent).toEqual({ anthropic_version: 'bedrock-2023-05-31', ...messagesBody });
    const types = events.flatMap((event) => (event.type === 'message' ? [event.event['type']] : []));
    expect([...new Set(types)]).toEqual(
      whole
        ? ['message']
        : [
            'message_start',
            'content_block_start',
            'content_block_delta',
            'content_block_stop',
            'message_delta',
            'message_stop',
          ],
    );
    const { billed } = system.bedrock;
    expect(settled.charged.tokens).toBe(allInputTokens(billed) + billed.outputTokens);
    expect(settled.ending).toMatchObject({ stopReason: 'end_turn', usage: { cacheWriteTokens: 3 } });
  },
);

test('if the caller stops listening, the whole hold stays charged', async () => {
  let held = 0;
  for await (const event of system.begin('claude', withEverything, false)) {
    if (event.type === 'admitted') held = (await system.used()) ?? 0;
    if (event.type === 'delta') break;
  }
  expect(held).toBeGreaterThan(1000);
  expect(await system.used()).toBe(held);
});
