import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { type AskEvent, ask } from '@org/lambda/call/ask';
import type { Block, Call, ChatCall, Message } from '@org/lambda/call/call';
import { deadlineBefore } from '@org/lambda/call/deadline';
import { type Reply, ReplyFold } from '@org/lambda/call/reply';
import type { Caller, ChosenModel } from '@org/lambda/config';
import { runs } from '@org/lambda/fuzz';
import { CounterTable } from '@org/lambda/ledger/counter-table';
import { createLedger } from '@org/lambda/ledger/ledger';
import { createUpstream } from '@org/lambda/upstream';
import { startBedrock } from '@org/local/bedrock';
import { allInputTokens, type ModelDefinition, plainCapabilities } from '@org/models';
import { startTestTable, tableName } from '@org/table/test-table';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import fc from 'fast-check';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const common = {
  onDemandRegions: ['us-east-1'],
  contextTokens: 200_000,
  imageTokens: 1568,
  maxOutputTokens: 4096,
  lifecycle: { status: 'active' },
} as const;

const price = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2 };

/** Models that can do everything, in each of the ways in which a model is asked. */
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

const at = Date.parse('2026-11-22T12:00:00Z');
const never = new AbortController().signal;

/** The middle of the function with everything behind it, and no door before it. */
async function start() {
  const bedrock = await startBedrock({ models: Object.values(definitions) });
  const table = await startTestTable();
  const client = new BedrockRuntimeClient({
    ...{ endpoint: bedrock.url, region: 'us-east-1', credentials: localCredentials, maxAttempts: 1 },
    requestHandler: new NodeHttpHandler(),
  });
  onTestFinished(async () => {
    client.destroy();
    table.close();
    await bedrock.close();
  });
  const ledger = createLedger(new CounterTable({ client: table.client, table: tableName }));
  const models = new Map(
    Object.entries(definitions).map(([alias, definition]): [string, ChosenModel] => [
      alias,
      { alias, definition, modelId: definition.modelId, price },
    ]),
  );
  const scopes = [{ kind: 'team' as const, id: 'acme', limits: { tokens: { month: 100_000_000 } } }];
  const caller: Caller = {
    ...{ keyId: 'key', team: 'acme', plan: 'all', models: [...models.keys()], scopes },
    ...{ maxTokens: undefined, guardrail: undefined },
  };
  const config = {
    ...{ models, callers: new Map(), plans: new Map(), teams: new Map(), metrics: 'm', corsOrigins: [] },
    table: tableName,
  };
  const upstream = createUpstream({ client, sleep: async () => {}, random: () => 0 });

  const begin = (alias: keyof typeof definitions, call: Call, whole: boolean) => {
    const deadline = deadlineBefore(() => 60_000);
    onTestFinished(() => deadline[Symbol.dispose]());
    return ask({ alias, call, whole }, { caller, config, ledger, upstream, deadline, at });
  };
  return {
    bedrock,
    begin,
    /** Tokens that are charged to the team, or held. */
    async used() {
      const [tokens] = await ledger.usage(scopes, at, never);
      return tokens?.used;
    },
    async askFor(alias: keyof typeof definitions, call: Call, whole: boolean) {
      const fold = new ReplyFold();
      const events: AskEvent[] = [];
      for await (const event of begin(alias, call, whole)) {
        events.push(event);
        if (isReply(event)) fold.add(event);
      }
      return {
        reply: fold.reply,
        settled: settledOf(events),
        sent: JSON.parse(bedrock.received.at(-1)?.text ?? ''),
      };
    },
  };
}

const own = new Set(['chosen', 'admitted', 'replied', 'settled', 'finished']);

function isReply(event: AskEvent): event is Parameters<ReplyFold['add']>[0] {
  return !own.has(event.type);
}

function settledOf(events: readonly AskEvent[]) {
  const settled = events.find((event) => event.type === 'settled');
  if (settled?.type !== 'settled') throw new Error('The call was not settled.');
  return settled.settled;
}

let system: Awaited<ReturnType<typeof start>>;
beforeEach(async () => {
  system = await start();
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

/** How a conversation goes on after a model called tools. */
function goOn(call: ChatCall, { blocks }: Reply): ChatCall {
  const results = blocks.flatMap((block): Block[] =>
    block.type === 'tool_use'
      ? [
          {
            type: 'tool_result',
            id: block.id,
            content: [
              { type: 'json', json: { degrees: 5 } },
              { type: 'text', text: 'Rain' },
              { type: 'image', format: 'png', bytes: pixel },
              { type: 'document', format: 'txt', name: 'more', bytes: Buffer.from('Wet') },
            ],
            isError: false,
          },
        ]
      : [],
  );
  const turns: Message[] = [
    { role: 'assistant', blocks },
    { role: 'user', blocks: results },
  ];
  return { ...call, messages: [...call.messages, ...turns] };
}

test.each([true, false])(
  'every block of a call reaches Bedrock, and every block of its answer comes back (whole: %s)',
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
  'thoughts, calls of tools and their results go on in the next call as they were (whole: %s)',
  async (whole) => {
    system.bedrock.answerNext(script, { deltas: ['Rain, 5 degrees.'] });
    const first = await system.askFor('claude', withEverything, whole);
    // Bedrock refuses a thought whose signature is not that of its text.
    const { reply } = await system.askFor('claude', goOn(withEverything, first.reply), whole);
    expect(reply.blocks).toEqual([{ type: 'text', text: 'Rain, 5 degrees.' }]);
  },
);

test('what is written to the cache of a prompt and read from it is charged as such', async () => {
  const first = await system.askFor('claude', withEverything, true);
  const second = await system.askFor('claude', withEverything, true);
  const { usage } = first.settled.ending ?? {};
  const { inputTokens = 0, outputTokens = 0, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = usage ?? {};
  // Tools and system are kept for an hour, the document for 5 minutes.
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

const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 50 })
  .map((written) => `x${written.toWellFormed()}`);
const bytes = fc.uint8Array({ maxLength: 300 });
const side = fc.integer({ min: 1, max: 8000 });
/** A PNG, as far as it says how large it is. */
const png = fc.tuple(side, side, bytes).map(([width, height, more]) => {
  const header = Buffer.alloc(24);
  header.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return Buffer.concat([header, more]);
});
const pdf = bytes.map((more) => Buffer.concat([report, more]));
const media: fc.Arbitrary<Block> = fc.oneof(
  png.map((picture): Block => ({ type: 'image', format: 'png', bytes: picture })),
  fc.oneof(
    pdf.map((file): Block => ({ type: 'document', format: 'pdf', name: 'a', bytes: file })),
    fc.record({
      type: fc.constant('document' as const),
      format: fc.constantFrom('docx', 'csv', 'md'),
      name: fc.constant('a'),
      bytes,
    }),
  ),
);
/** Bedrock wants each document to have a name of its own. */
const named = (block: Block, index: number): Block =>
  block.type === 'document' ? { ...block, name: `Document ${index}` } : block;
const conversation: fc.Arbitrary<ChatCall> = fc.record({
  kind: fc.constant('chat' as const),
  messages: fc
    .tuple(
      text,
      fc.array(fc.oneof(media, fc.constant<Block>({ type: 'cache_point' })), { maxLength: 3 }),
      text,
      text,
    )
    .map(([question, more, answer, next]): Message[] => [
      { role: 'user', blocks: [{ type: 'text', text: question }, ...more.map(named)] },
      { role: 'assistant', blocks: [{ type: 'text', text: answer }] },
      { role: 'user', blocks: [{ type: 'text', text: next }] },
    ]),
  system: fc.option(
    text.map((instruction) => [{ type: 'text' as const, text: instruction }]),
    { nil: undefined },
  ),
  tools: fc.option(
    text.map((description) => [{ ...weather, description }]),
    { nil: undefined },
  ),
  maxTokens: fc.integer({ min: 1, max: 100 }),
});

test('no call costs more than was held, whatever is in it, and what is charged is what it cost', async () => {
  await fc.assert(
    fc.asyncProperty(conversation, fc.boolean(), async (call, whole) => {
      const { settled } = await system.askFor('claude', call, whole);
      const { usage, costUsd } = settled.ending ?? {};
      expect(settled.charged.tokens).toBe(usage?.totalTokens);
      expect(settled.charged.usd).toBe(Math.round((costUsd ?? 0) * 1_000_000));
      expect(settled.held.tokens).toBeGreaterThanOrEqual(settled.charged.tokens);
      expect(settled.held.usd).toBeGreaterThanOrEqual(settled.charged.usd);
    }),
    runs(40),
  );
});

test.each([
  ['titan', 3, 3],
  ['cohere', 100, 2],
] as const)('texts become vectors, in as many calls of %s as it takes', async (alias, texts, calls) => {
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
  'a body of the Messages API goes to Claude and comes back in its own words (whole: %s)',
  async (whole) => {
    const { reply, settled, sent } = await system.askFor(
      'claude',
      { kind: 'messages', body: messagesBody },
      whole,
    );
    expect(sent).toEqual({ anthropic_version: 'bedrock-2023-05-31', ...messagesBody });
    const types = [...new Set(reply.message.map(({ type }) => type))];
    expect(types).toEqual(
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

test('a caller that stops listening leaves all that was held charged', async () => {
  let held = 0;
  for await (const event of system.begin('claude', withEverything, false)) {
    if (event.type === 'admitted') held = (await system.used()) ?? 0;
    if (event.type === 'delta') break;
  }
  expect(held).toBeGreaterThan(1000);
  expect(await system.used()).toBe(held);
});
