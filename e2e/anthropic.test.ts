import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import type {
  MessageCreateParamsNonStreaming,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages/messages';
import { catalogue } from '@org/models';
import { describe, expect, test } from 'vitest';
import { type SharedSystem, sharedSystems, startSystem } from './harness.ts';

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.7\n<< /Type /Page >>\n<< /Type /Pages >>').toString('base64');

const shared = sharedSystems();

const start = async () => withClient(await shared('everything'), 'all-key');

/** For what needs a ledger without other calls, or leaves one unfinished. */
const startOwn = async () => withClient(await startSystem('everything'), 'all-key');

function withClient(system: SharedSystem, keyName: string) {
  let requests = 0;
  const client = new Anthropic({
    baseURL: system.url,
    ...keyOf(system, keyName),
    fetch: (...input) => {
      requests += 1;
      return fetch(...input);
    },
  });
  return { ...system, client, requests: () => requests };
}

function keyOf(system: SharedSystem, keyName: string) {
  const key = system.keyValue(keyName);
  return { apiKey: key, defaultHeaders: { 'x-api-key': key } };
}

/** The last request to Bedrock. */
function lastRequest({ bedrock }: Pick<SharedSystem, 'bedrock'>) {
  const { text, operation } = bedrock.received.at(-1) ?? { text: '{}', operation: '' };
  return { operation, body: JSON.parse(text) };
}

const ask = (model: string, more: Partial<MessageCreateParamsNonStreaming> = {}) => ({
  ...{ model, max_tokens: 2000 },
  messages: [{ role: 'user' as const, content: 'What is a dystopia' }],
  ...more,
});

const weather = {
  name: 'weather',
  description: 'Says how the weather is.',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};
const clock = { name: 'clock', description: 'Says the time.', input_schema: { type: 'object' as const } };

/** Claude with a budget, Claude that thinks by default, Claude between them; then other vendors' models. */
const claudes = ['claude-haiku-4.5', 'claude-sonnet-4.6', 'claude-opus-5.5'] as const;
const others = ['nova-2-lite', 'gpt-oss-120b', 'qwen3-32b'] as const;

describe.each([...claudes, ...others])("with Anthropic's SDK, %s", (model) => {
  test('gives a complete answer', async () => {
    const { client, bedrock } = await start();
    const { data: message, request_id } = await client.messages.create(ask(model)).withResponse();
    expect(message).toMatchObject({
      ...{ type: 'message', role: 'assistant', model, stop_reason: 'end_turn' },
      usage: { input_tokens: bedrock.billed.inputTokens, output_tokens: bedrock.billed.outputTokens },
    });
    const text = message.content.find((block) => block.type === 'text')?.text;
    expect(text).toContain('You asked: What is a dystopia');
    expect(request_id).toBeTruthy();
  });

  test('streams its answer, and the pieces add up to the whole', async () => {
    const { client, bedrock } = await start();
    const stream = client.messages.stream(ask(model, { system: 'Be brief.' }));
    const pieces: string[] = [];
    stream.on('text', (piece) => pieces.push(piece));
    const message = await stream.finalMessage();
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe(await stream.finalText());
    expect(message).toMatchObject({
      ...{ model, stop_reason: 'end_turn' },
      usage: { input_tokens: bedrock.billed.inputTokens, output_tokens: bedrock.billed.outputTokens },
    });
  });

  test('calls several tools at once, and continues from their results', async () => {
    const { client } = await start();
    const ran: unknown[] = [];
    const tools = [weather, clock].map(({ name, description, input_schema }) =>
      betaTool({
        ...{ name, description },
        inputSchema: { properties: {}, ...input_schema },
        run: (input) => {
          ran.push([name, input]);
          return `${name} is fine`;
        },
      }),
    );
    const messages = [{ role: 'user' as const, content: 'The weather and the clock, please' }];
    const final = await client.beta.messages.toolRunner({ model, max_tokens: 2000, messages, tools });
    expect(ran).toEqual([
      ['weather', { city: expect.stringContaining('The weather') }],
      ['clock', {}],
    ]);
    expect(JSON.stringify(final.content)).toContain('weather is fineclock is fine');
  });

  test('calls tools in a stream', async () => {
    const { client } = await start();
    const messages: MessageParam[] = [{ role: 'user', content: 'The weather and the clock, please' }];
    const stream = client.messages.stream(ask(model, { messages, tools: [weather, clock] }));
    const { content, stop_reason } = await stream.finalMessage();
    expect(stop_reason).toBe('tool_use');
    const calls = content.filter((block) => block.type === 'tool_use');
    expect(calls.map(({ name }) => name)).toEqual(['weather', 'clock']);
    expect(calls[0]?.input).toEqual({ city: expect.any(String) });
  });

  test('is cut off at the maximum of tokens', async () => {
    const { client, bedrock } = await start();
    bedrock.answerNext({ deltas: ['a ', 'b ', 'c '], stopReason: 'max_tokens' });
    const { stop_reason } = await client.messages.create(ask(model));
    expect(stop_reason).toBe('max_tokens');
  });

  test("counts a request's tokens, and charges nothing", async () => {
    const { client, bedrock, send, keyValue } = await startOwn();
    const { messages } = ask(model);
    const { data, response } = await client.messages
      .countTokens({ model, messages, system: 'Be brief.' })
      .withResponse();
    const definition = catalogue[model];
    const exact = 'countTokens' in definition && definition.countTokens;
    expect(response.headers.get('x-token-count')).toBe(exact ? 'exact' : 'estimate');
    if (exact) {
      await client.messages.create(ask(model, { system: 'Be brief.' }));
      expect(data.input_tokens).toBe(bedrock.billed.inputTokens);
    } else {
      expect(data.input_tokens).toBeGreaterThan(5);
      expect(bedrock.received).toEqual([]);
      const usage = await send({ method: 'GET', path: '/usage', key: keyValue('all-key') });
      expect(usage.json()).toMatchObject({ limits: [{ used: 0 }] });
    }
  });
});

test.each([...claudes, 'nova-2-lite'])('%s sees images and documents', async (model) => {
  const system = await start();
  const content = [
    {
      type: 'image' as const,
      source: { type: 'base64' as const, media_type: 'image/png' as const, data: png },
    },
    {
      type: 'document' as const,
      title: 'Report',
      source: { type: 'base64' as const, media_type: 'application/pdf' as const, data: pdf },
    },
    { type: 'text' as const, text: 'What is this?' },
  ];
  await system.client.messages.create(ask(model, { messages: [{ role: 'user', content }] }));
  const sent = JSON.stringify(lastRequest(system).body);
  expect(sent).toContain(png);
  expect(sent).toContain(pdf);
});

test('Claude quotes documents, complete and streamed', async () => {
  const { client } = await start();
  const source = { type: 'text' as const, media_type: 'text/plain' as const, data: 'It rains.' };
  const document = { type: 'document' as const, source, title: 'News', citations: { enabled: true } };
  const messages = [{ role: 'user' as const, content: [document, { type: 'text' as const, text: 'Well?' }] }];
  const whole = await client.messages.create(ask('claude-sonnet-4.6', { messages }));
  const streamed = await client.messages.stream(ask('claude-sonnet-4.6', { messages })).finalMessage();
  for (const { content } of [whole, streamed]) {
    const quoted = content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
    expect(quoted).toMatchObject([{ cited_text: 'It rains.', document_title: 'News' }]);
  }
});

const thinking = {
  'claude-haiku-4.5': { type: 'enabled', budget_tokens: 1024 },
  'claude-sonnet-4.6': { type: 'adaptive' },
  'claude-opus-5.5': { type: 'enabled', budget_tokens: 1024 },
} as const;

test.each(claudes)('%s continues its own signed thoughts after a tool call', async (model) => {
  const { client, bedrock } = await start();
  const messages: MessageParam[] = [{ role: 'user', content: 'The weather, please' }];
  const asked = () => ask(model, { messages, tools: [weather], thinking: thinking[model] });
  const first = await client.messages.stream(asked()).finalMessage();
  expect(first.content).toMatchObject([
    {
      type: 'thinking',
      thinking: expect.stringContaining('They ask'),
      signature: expect.stringMatching(/./),
    },
    { type: 'tool_use', name: 'weather' },
  ]);
  const results = first.content.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: 'Rain.' }]
      : [],
  );
  messages.push({ role: 'assistant', content: first.content }, { role: 'user', content: results });
  const second = await client.messages.create(asked());
  expect(JSON.stringify(second.content)).toContain('The tools returned: Rain.');
  expect(bedrock.received.map(({ operation }) => operation)).toEqual([
    'invoke-with-response-stream',
    'invoke',
  ]);
});

test("a changed thought is refused in Claude's words, which its clients match on", async () => {
  const { client } = await start();
  const content = [
    { type: 'thinking' as const, thinking: 'Hm.', signature: 'c2ln' },
    { type: 'text' as const, text: 'Ho' },
  ];
  const messages = [
    { role: 'user' as const, content: 'Hi' },
    { role: 'assistant' as const, content },
    { role: 'user' as const, content: 'Why?' },
  ];
  await expect(client.messages.create(ask('claude-sonnet-4.6', { messages }))).rejects.toThrow(
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  );
});

test("other vendors' models think too, and their thoughts may be sent back", async () => {
  const system = await start();
  const { client } = system;
  const asked = ask('gpt-oss-120b', { thinking: { type: 'enabled', budget_tokens: 1024 } });
  const { content } = await client.messages.create(asked);
  expect(content).toMatchObject([{ type: 'thinking', signature: '' }, { type: 'text' }]);
  expect(lastRequest(system).body.additionalModelRequestFields).toEqual({ reasoning_effort: 'low' });
  const messages: MessageParam[] = [
    ...asked.messages,
    { role: 'assistant', content },
    { role: 'user', content: 'Why?' },
  ];
  await client.messages.create({ ...asked, messages });
  expect(JSON.stringify(lastRequest(system).body)).not.toContain('They ask');
});

test.each(['claude-sonnet-4.6', 'nova-pro'])(
  '%s reads a prompt from its cache at a fraction of its price',
  async (model) => {
    const { client, send, keyValue } = await startOwn();
    const long = 'A long story of a city. '.repeat(800);
    const system = [{ type: 'text' as const, text: long, cache_control: { type: 'ephemeral' as const } }];
    const spent = async () => {
      const usage = await send({ method: 'GET', path: '/usage', key: keyValue('all-key') });
      return JSON.parse(usage.text).limits[0].used;
    };
    const first = await client.messages.create(ask(model, { system }));
    const written = await spent();
    const second = await client.messages.stream(ask(model, { system })).finalMessage();
    const read = (await spent()) - written;
    expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(3000);
    expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
    expect(second.usage.input_tokens).toBeLessThan(100);
    expect(read).toBeLessThan(written / 3);
  },
);

test.each(['claude-sonnet-4.6', 'claude-opus-5.5', 'nova-2-lite'])(
  '%s ends at a stop sequence, and names it',
  async (model) => {
    const { client } = await start();
    const asked = ask(model, { stop_sequences: ['dystopia'] });
    const whole = await client.messages.create(asked);
    const streamed = await client.messages.stream(asked).finalMessage();
    for (const { content, stop_reason, stop_sequence } of [whole, streamed]) {
      expect([stop_reason, stop_sequence]).toEqual(['stop_sequence', 'dystopia']);
      expect(content.at(-1)).toMatchObject({ type: 'text', text: 'You asked: What is a ' });
    }
  },
);

test('a tool choice is applied, and only the first call is kept if one is allowed', async () => {
  const { client } = await start();
  const tool_choice = { type: 'tool' as const, name: 'clock' };
  for (const model of ['claude-sonnet-4.6', 'nova-2-lite']) {
    const forced = await client.messages.create(ask(model, { tools: [weather, clock], tool_choice }));
    expect(forced.content).toMatchObject([{ type: 'tool_use', name: 'clock' }]);
  }
  const messages: MessageParam[] = [{ role: 'user', content: 'The weather and the clock, please' }];
  const one = { type: 'auto' as const, disable_parallel_tool_use: true };
  const { content } = await client.messages.create(
    ask('nova-2-lite', { messages, tools: [weather, clock], tool_choice: one }),
  );
  expect(content).toMatchObject([{ type: 'tool_use', name: 'weather' }]);
});

test.each(['claude-sonnet-4.6', 'nova-2-lite'])('%s answers by a schema', async (model) => {
  const { client } = await start();
  const schema = {
    type: 'object' as const,
    properties: { answer: { type: 'string' } },
    required: ['answer'],
    additionalProperties: false,
  };
  const { content } = await client.messages.create(
    ask(model, { output_config: { format: { type: 'json_schema', schema } } }),
  );
  const text = content.find((block) => block.type === 'text')?.text ?? '';
  expect(JSON.parse(text)).toEqual({ answer: expect.any(String) });
});

describe("errors are those of Anthropic's SDK", () => {
  test('an invalid key', async () => {
    const { client } = await start();
    const key = 'sk-wrong';
    const stranger = client.withOptions({ apiKey: key, defaultHeaders: { 'x-api-key': key } });
    await expect(stranger.messages.create(ask('nova-lite'))).rejects.toThrow(Anthropic.AuthenticationError);
  });

  test('a model that does not exist, and one that the key may not use', async () => {
    const { client } = withClient(await startSystem('counted'), 'shared-key');
    await expect(client.messages.create(ask('claude-9'))).rejects.toThrow(Anthropic.NotFoundError);
    await expect(client.messages.create(ask('claude-sonnet-4.6'))).rejects.toThrow(
      Anthropic.PermissionDeniedError,
    );
    await expect(client.messages.countTokens({ model: 'claude-9', messages: [] })).rejects.toThrow(
      Anthropic.BadRequestError,
    );
  });

  test.each([...claudes, ...others])('requests that %s cannot answer', async (model) => {
    const { client, bedrock } = await start();
    const source = { type: 'url' as const, url: 'https://example.com/a.png' };
    const messages: MessageParam[] = [{ role: 'user', content: [{ type: 'image', source }] }];
    await expect(client.messages.create(ask(model, { messages }))).rejects.toThrow(/fetches nothing/);
    const long = client.messages.stream(ask(model, { max_tokens: 1_000_000 }));
    await expect(long.finalMessage()).rejects.toMatchObject({
      status: 400,
      error: { error: { param: 'max_tokens' } },
    });
    const search = { type: 'web_search_20250305' as const, name: 'web_search' as const };
    await expect(client.messages.create(ask(model, { tools: [search] }))).rejects.toThrow(
      Anthropic.BadRequestError,
    );
    expect(bedrock.received).toEqual([]);
  });

  test('a used-up limit, which is not retried', async () => {
    const { client, requests } = withClient(await startSystem('counted'), 'shared-key');
    for (let call = 0; call < 5; call += 1)
      await client.messages.create(ask('nova-lite', { max_tokens: 10 }));
    const before = requests();
    const error = await client.messages
      .create(ask('nova-lite', { max_tokens: 10 }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.RateLimitError);
    expect(error).toMatchObject({
      type: 'rate_limit_error',
      error: { error: { code: 'quota_exceeded', details: { limit: 'requests', max: 5 } } },
    });
    expect(requests()).toBe(before + 1);
    // Counting is free, so the limit has room for it.
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    expect(await client.messages.countTokens({ model: 'nova-lite', messages })).toMatchObject({
      input_tokens: expect.any(Number),
    });
  });

  test('a throttled model and a failing one, which are retried', async () => {
    const { client, bedrock, requests } = await start();
    const throttled = { kind: 'exception' as const, name: 'ThrottlingException' as const };
    bedrock.failNext(throttled, throttled);
    const message = await client.messages.create(ask('claude-sonnet-4.6'));
    expect(message.stop_reason).toBe('end_turn');
    expect(requests()).toBe(2);
    const unavailable = { kind: 'exception' as const, name: 'ServiceUnavailableException' as const };
    bedrock.failNext(unavailable, unavailable, unavailable);
    await expect(client.messages.create(ask('claude-sonnet-4.6'))).rejects.toThrow(
      Anthropic.InternalServerError,
    );
  });

  test.each(['claude-sonnet-4.6', 'nova-2-lite'])('a stream from %s that breaks', async (model) => {
    const { client, bedrock } = await start();
    const exception = 'ModelStreamErrorException' as const;
    bedrock.failNext({ kind: 'stream', after: 3, end: { exception } });
    const error = await client.messages
      .stream(ask(model))
      .finalMessage()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.APIError);
    expect(error).toMatchObject({ error: { type: 'error', error: { type: 'api_error' } } });
  });

  test('a stream that the caller leaves', async () => {
    const { client, bedrock } = await startOwn();
    const gate = Promise.withResolvers<void>();
    bedrock.pace(() => gate.promise);
    const stream = client.messages.stream(ask('claude-sonnet-4.6'));
    const left = stream.finalMessage().catch((thrown: unknown) => thrown);
    await expect.poll(() => bedrock.received.length, { timeout: 20_000 }).toBe(1);
    stream.abort();
    gate.resolve();
    expect(await left).toBeInstanceOf(Anthropic.APIUserAbortError);
  });
});

test.each([...claudes, 'nova-pro'])("%s answers Claude Code's request", async (model) => {
  const { send, keyValue } = await start();
  const cache_control = { type: 'ephemeral' };
  const reply = await send({
    key: keyValue('all-key'),
    path: '/v1/messages?beta=true',
    headers: {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': [
        ...['claude-code-20250219', 'interleaved-thinking-2025-05-14', 'thinking-token-count-2026-05-13'],
        ...['context-management-2025-06-27', 'prompt-caching-scope-2026-01-05'],
        ...['mid-conversation-system-2026-04-07', 'effort-2025-11-24'],
      ].join(),
    },
    body: {
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system-reminder>\nContext.' },
            { type: 'text', text: 'say hi', cache_control },
          ],
        },
        { role: 'system', content: 'Available agent types.' },
      ],
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.197.123; cc_entrypoint=sdk-cli;' },
        { type: 'text', text: 'You are a Claude agent.', cache_control },
        {
          type: 'text',
          text: '\nYou are an interactive agent.',
          cache_control: { ...cache_control, scope: 'global' },
        },
      ],
      tools: [
        { name: 'Bash', description: 'Runs a command.', input_schema: { type: 'object', properties: {} } },
      ],
      metadata: { user_id: '{"device_id":"b34c","account_uuid":"","session_id":"93cc"}' },
      max_tokens: 4000,
      thinking: { type: 'adaptive' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      output_config: { effort: 'high' },
      stream: true,
    },
  });
  expect(reply.status).toBe(200);
  expect(reply.text).toContain('event: message_stop');
  expect(reply.text).not.toContain('amazon-bedrock');
});
