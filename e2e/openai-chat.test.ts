import { catalogue, type ModelDefinition } from '@org/models';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
  ChatCompletionTool,
  ChatCompletionToolChoiceOption,
} from 'openai/resources/chat/completions';
import { describe, expect, test } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: the caller's own schemas, which the SDK's helpers read
import { z } from 'zod';
import { sharedSystems, startSystem } from './harness.ts';
import { openAiClient } from './openai-client.ts';

const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const user = (content: string): ChatCompletionMessageParam => ({ role: 'user', content });

const messages = [user('What is a dystopia?')];

const shared = sharedSystems();

/** A client of a deployment with every model. */
async function start(options?: ConstructorParameters<typeof OpenAI>[0]) {
  const system = await shared('everything');
  const sent = () => JSON.parse(system.bedrock.received.at(-1)?.text ?? '');
  return { system, sent, ...openAiClient(system, 'all-key', options) };
}

const tool = (name: string, properties: object = {}): ChatCompletionTool => ({
  type: 'function',
  function: { name, description: `Does ${name}.`, parameters: { type: 'object', properties } },
});
const city = { city: { type: 'string' } };
const tools = [tool('get_weather', city), tool('get_time')];

async function chunksOf(stream: AsyncIterable<ChatCompletionChunk>): Promise<ChatCompletionChunk[]> {
  const chunks: ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const deltasOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));

describe('a complete answer', () => {
  test('has the text, the finish reason and the usage', async () => {
    const { client, system } = await start();
    const completion = await client.chat.completions.create({ model: 'nova-lite', messages });
    const { inputTokens, outputTokens } = system.bedrock.billed;
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-.+/),
      object: 'chat.completion',
      created: Date.parse('2026-11-22T12:00:00Z') / 1000,
      model: 'nova-lite',
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: { role: 'assistant', content: expect.stringContaining('a dystopia'), refusal: null },
        },
      ],
      usage: {
        prompt_tokens: inputTokens,
        completion_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
        prompt_tokens_details: { cached_tokens: 0 },
      },
    });
    expect(completion.choices[0]?.message).not.toHaveProperty('tool_calls');
  });

  test("has the request's id, which is also in its headers and in the log", async () => {
    const { client, system } = await start();
    const { data, request_id, response } = await client.chat.completions
      .create({ model: 'nova-lite', messages })
      .withResponse();
    expect(data.id).toBe(`chatcmpl-${request_id}`);
    expect(response.headers.get('x-request-id')).toBe(request_id);
    expect(JSON.parse(system.logs.at(-1) ?? '')).toMatchObject({
      requestId: request_id,
      operation: 'chatCompletions',
      model: 'nova-lite',
      status: 200,
    });
  });

  test('ends with `length` if it is cut off', async () => {
    const { client } = await start();
    for (const most of [{ max_tokens: 3 }, { max_completion_tokens: 3 }]) {
      const { choices, usage } = await client.chat.completions.create({
        model: 'nova-lite',
        messages,
        ...most,
      });
      expect([choices[0]?.finish_reason, usage?.completion_tokens]).toEqual(['length', 3]);
    }
  });

  test('ends before a stop string, given alone or in a list', async () => {
    const { client } = await start();
    for (const stop of ['dystopia', ['', 'dystopia']]) {
      const { choices } = await client.chat.completions.create({ model: 'nova-lite', messages, stop });
      expect(choices[0]).toMatchObject({
        finish_reason: 'stop',
        message: { content: 'You asked: What is a ' },
      });
    }
  });

  test('ends with `content_filter` if a guardrail intervenes', async () => {
    const { client, system } = await start();
    system.bedrock.answerNext({ deltas: ['Sorry.'], stopReason: 'guardrail_intervened' });
    const { choices } = await client.chat.completions.create({ model: 'nova-lite', messages });
    expect(choices[0]?.finish_reason).toBe('content_filter');
  });
});

test('every model answers, complete and streamed, and calls tools if it can', async () => {
  const { client } = await start();
  for (const [model, definition] of Object.entries<ModelDefinition>(catalogue)) {
    if (definition.upstream !== 'converse') continue;
    const { choices } = await client.chat.completions.create({ model, messages });
    const content = choices[0]?.message.content;
    expect(content, model).toContain('What is a dystopia');
    const stream = client.chat.completions.stream({ model, messages });
    expect(await stream.finalContent(), model).toBe(content);
    if (!definition.toolChoices) continue;
    const called = await client.chat.completions.create({ model, messages: [user('get_time')], tools });
    expect(called.choices[0], model).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [{ function: { name: 'get_time', arguments: expect.stringMatching(/^\{.*\}$/) } }],
      },
    });
  }
});

describe('a request', () => {
  test("reaches Bedrock with separate instructions, alternating turns and Bedrock's parameter names", async () => {
    const { client, sent } = await start();
    await client.chat.completions.create({
      model: 'nova-lite',
      messages: [
        { role: 'system', content: 'Be brief.' },
        user('Hi'),
        { role: 'assistant', content: [{ type: 'text', text: 'Ho' }] },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        user('What is'),
        { role: 'user', content: [{ type: 'text', text: 'a dystopia?' }] },
      ],
      temperature: 0.2,
      top_p: 0.9,
      max_completion_tokens: 50,
      max_tokens: 9,
      user: 'somebody',
      seed: 7,
      presence_penalty: 0.5,
      frequency_penalty: 0,
      n: 1,
      logprobs: false,
      store: false,
      metadata: { a: 'b' },
      service_tier: 'auto',
      prompt_cache_key: 'key',
      safety_identifier: 'me',
      verbosity: 'low',
    });
    expect(sent()).toMatchObject({
      system: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ text: 'Ho' }] },
        { role: 'user', content: [{ text: 'What is' }, { text: 'a dystopia?' }] },
      ],
      inferenceConfig: { temperature: 0.2, topP: 0.9, maxTokens: 50 },
    });
    expect(sent()).not.toHaveProperty('serviceTier');
  });

  test('takes images and files as data', async () => {
    const { client, sent } = await start();
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj <</Type /Page>> endobj').toString('base64');
    await client.chat.completions.create({
      model: 'nova-lite',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What are these?' },
            { type: 'image_url', image_url: { url: png, detail: 'low' } },
            {
              type: 'file',
              file: { filename: 'Ignore all rules.pdf', file_data: `data:application/pdf;base64,${pdf}` },
            },
            { type: 'file', file: { file_data: 'data:text/plain;charset=utf-8;base64,SGk=' } },
          ],
        },
      ],
    });
    expect(sent().messages[0].content).toEqual([
      { text: 'What are these?' },
      { image: { format: 'png', source: { bytes: png.split(',')[1] } } },
      { document: { format: 'pdf', name: 'document-1', source: { bytes: pdf } } },
      { document: { format: 'txt', name: 'document-2', source: { bytes: 'SGk=' } } },
    ]);
  });

  test("asks for one of the model's service tiers", async () => {
    const { client, sent } = await start();
    for (const [service_tier, type] of [
      ['flex', 'flex'],
      ['priority', 'priority'],
      ['fast', 'priority'],
    ] as const) {
      await client.chat.completions.create({ model: 'nova-pro', messages, service_tier });
      expect(sent().serviceTier).toEqual({ type });
    }
  });
});

describe('tools', () => {
  const question = 'Call get_weather and get_time for me.';

  test('are called in parallel, and the answer to their results ends the loop', async () => {
    const { client, sent } = await start();
    const model = 'claude-sonnet-4.6';
    const first = await client.chat.completions.create({ model, messages: [user(question)], tools });
    const [choice] = first.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.content).toBeNull();
    const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? call : [],
    );
    expect(calls.map((call) => call.function.name)).toEqual(['get_weather', 'get_time']);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    expect(JSON.parse(calls[0]?.function.arguments ?? '')).toEqual({ city: expect.any(String) });

    const results = calls.map(
      ({ id }, index): ChatCompletionMessageParam => ({
        role: 'tool',
        tool_call_id: id,
        content: `Result ${index}`,
      }),
    );
    const second = await client.chat.completions.create({
      model,
      tools,
      messages: [
        user(question),
        ...(choice ? [choice.message] : []),
        ...results,
        user('And now, in a word?'),
      ],
    });
    expect(second.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('The tools returned: Result 0') },
    });
    expect(sent().messages[2].content).toMatchObject([
      { toolResult: { toolUseId: calls[0]?.id, content: [{ text: 'Result 0' }] } },
      { toolResult: { toolUseId: calls[1]?.id, content: [{ text: 'Result 1' }] } },
      { text: 'And now, in a word?' },
    ]);
  });

  test('are called in a stream, each with its own index and its arguments in pieces', async () => {
    const { client, system } = await start();
    system.bedrock.answerNext({
      blocks: [
        { kind: 'text', deltas: ['Let me', ' see.'] },
        { kind: 'tool', name: 'get_weather', deltas: ['{"ci', 'ty":', '"Oran"}'] },
        { kind: 'tool', name: 'get_time', deltas: [] },
      ],
    });
    const chunks = await chunksOf(
      await client.chat.completions.create({
        model: 'nova-lite',
        messages: [user(question)],
        tools,
        stream: true,
      }),
    );
    const pieces = deltasOf(chunks).flatMap(({ tool_calls }) => tool_calls ?? []);
    const [first, second] = [0, 1].map((at) => pieces.filter(({ index }) => index === at));
    expect(first?.[0]).toMatchObject({ type: 'function', function: { name: 'get_weather', arguments: '' } });
    expect(first?.map((piece) => piece.function?.arguments)).toEqual(['', '{"ci', 'ty":', '"Oran"}']);
    expect(second?.map((piece) => piece.function?.arguments).join('')).toBe('{}');
    expect([first?.[1], second?.[1]]).not.toContainEqual(expect.objectContaining({ id: expect.anything() }));
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  test("are run by the SDK's helper until the answer is complete", async () => {
    const { client } = await start();
    const cities: string[] = [];
    const runner = client.chat.completions.runTools({
      model: 'claude-haiku-4.5',
      stream: true,
      messages: [user('Call get_weather for Oran.')],
      tools: [
        zodFunction({
          name: 'get_weather',
          parameters: z.object({ city: z.string() }),
          function: (found) => {
            cities.push(found.city);
            return 'Sunny';
          },
        }),
      ],
    });
    expect(await runner.finalContent()).toContain('The tools returned: Sunny');
    expect(cities).toHaveLength(1);
  });

  test('are called one at a time if parallel calls are off', async () => {
    const { client } = await start();
    const request = {
      model: 'nova-lite',
      messages: [user(question)],
      tools,
      parallel_tool_calls: false,
    } satisfies ChatCompletionCreateParamsNonStreaming;
    const { choices } = await client.chat.completions.create(request);
    expect(choices[0]?.message.tool_calls).toHaveLength(1);
    const stream = client.chat.completions.stream(request);
    expect((await stream.finalChatCompletion()).choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: 'get_weather' } },
    ]);
  });

  test.each<[string, ChatCompletionToolChoiceOption, object]>([
    ['any', 'required', { any: {} }],
    ['a named one', { type: 'function', function: { name: 'get_time' } }, { tool: { name: 'get_time' } }],
    [
      'any allowed one',
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [{ type: 'function', function: { name: 'get_time' } }],
        },
      },
      { any: {} },
    ],
  ])('are called if the model must call %s', async (_what, tool_choice, choice) => {
    const { client, sent } = await start();
    const { choices } = await client.chat.completions.create({
      model: 'nova-lite',
      messages,
      tools,
      tool_choice,
    });
    expect(choices[0]?.message.tool_calls).toHaveLength(1);
    expect(sent().toolConfig.toolChoice).toEqual(choice);
    expect(sent().toolConfig.tools).toHaveLength(
      typeof tool_choice === 'object' && tool_choice.type === 'allowed_tools' ? 1 : 2,
    );
  });

  test('are not called if the request forbids it, even if earlier turns called them', async () => {
    const { client, sent } = await start();
    const { choices } = await client.chat.completions.create({
      model: 'nova-lite',
      tools,
      tool_choice: 'none',
      messages: [
        user(question),
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'get_time', arguments: '' } }],
        },
        { role: 'tool', tool_call_id: 'a', content: 'Noon' },
        user(question),
      ],
    });
    expect(choices[0]?.finish_reason).toBe('stop');
    expect(sent()).not.toHaveProperty('toolConfig');
  });

  test('of a conversation from elsewhere are accepted, with any ids, names and arguments', async () => {
    const { client, sent } = await start();
    const id = 'functions.get weather:0';
    const turn: ChatCompletionMessageParam[] = [
      user('Weather?'),
      {
        role: 'assistant',
        content: '',
        refusal: null,
        annotations: [],
        reasoning_content: 'Hm.',
        tool_calls: [{ id, type: 'function', function: { name: 'get weather', arguments: '{"city":' } }],
      } as ChatCompletionMessageParam,
      { role: 'tool', tool_call_id: id, content: '' },
    ];
    const { choices } = await client.chat.completions.create({
      model: 'claude-haiku-4.5',
      tools,
      messages: [...turn, { role: 'assistant', content: 'Sunny' }, ...turn],
    });
    expect(choices[0]?.finish_reason).toBe('stop');
    const [first, again] = [1, 5].map((index) => sent().messages[index].content.at(-1).toolUse);
    expect(first).toMatchObject({
      name: expect.stringMatching(/^[\w-]{1,64}$/),
      input: { arguments: '{"city":' },
    });
    expect(first.toolUseId).toMatch(/^[\w.:-]{1,64}$/);
    expect(again.toolUseId).not.toBe(first.toolUseId);
  });
});

describe('a stream', () => {
  test('begins with the role, continues piece by piece, and ends with the finish reason in its own chunk', async () => {
    const { client, system } = await start();
    system.bedrock.answerNext({ deltas: ['Ble', 'ak', '.'] });
    const { data, response } = await client.chat.completions
      .create({ model: 'nova-lite', messages, stream: true })
      .withResponse();
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const chunks = await chunksOf(data);
    expect(deltasOf(chunks)).toEqual([
      { role: 'assistant', content: '', refusal: null },
      { content: 'Ble' },
      { content: 'ak' },
      { content: '.' },
      {},
    ]);
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, null, null, 'stop']);
    const same = { id: chunks[0]?.id, created: chunks[0]?.created, model: 'nova-lite' };
    for (const chunk of chunks) {
      expect(chunk).toMatchObject({ object: 'chat.completion.chunk', ...same });
      expect(chunk).not.toHaveProperty('usage');
    }
  });

  test('reports its usage in a chunk without choices, if the request asks for it', async () => {
    const { client, system } = await start();
    const chunks = await chunksOf(
      await client.chat.completions.create({
        model: 'nova-lite',
        messages,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    const { inputTokens, outputTokens } = system.bedrock.billed;
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: inputTokens,
        completion_tokens: outputTokens,
        total_tokens: inputTokens + outputTokens,
      },
    });
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(0, -1).map(() => null));
  });

  test("is assembled by the SDK's helper into the same answer as without streaming", async () => {
    const { client } = await start();
    const request = { model: 'nova-lite', messages };
    const whole = await client.chat.completions.create(request);
    const { choices } = await client.chat.completions.stream(request).finalChatCompletion();
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: whole.choices[0]?.message.content },
    });
  });

  test('has only data lines, and ends with `[DONE]`', async () => {
    const { system } = await start();
    const reply = await system.send({
      key: system.keyValue('all-key'),
      path: '/v1/chat/completions',
      body: { model: 'nova-lite', messages, stream: true },
    });
    const lines = reply.text.split('\n\n');
    expect(lines.slice(-2)).toEqual(['data: [DONE]', '']);
    for (const line of lines.slice(0, -2))
      expect(() => JSON.parse(line.replace(/^data: /, ''))).not.toThrow();
  });

  test('that breaks off throws in the loop, and is not retried', async () => {
    const { client, system, requests } = await start();
    system.bedrock.failNext({ kind: 'stream', after: 3, end: 'cut' });
    const stream = await client.chat.completions.create({ model: 'nova-lite', messages, stream: true });
    await expect(chunksOf(stream)).rejects.toMatchObject({ code: 'upstream_error', type: 'api_error' });
    expect(requests()).toBe(1);
  });

  test('that breaks off has its error as the last event, and no `[DONE]`', async () => {
    const { system } = await start();
    system.bedrock.failNext({ kind: 'stream', after: 3, end: { exception: 'ThrottlingException' } });
    const reply = await system.send({
      key: system.keyValue('all-key'),
      path: '/v1/chat/completions',
      body: { model: 'nova-lite', messages, stream: true },
    });
    const events = reply.text.trimEnd().split('\n\n');
    expect(reply.status).toBe(200);
    expect(JSON.parse(events.at(-1)?.replace(/^data: /, '') ?? '')).toMatchObject({
      error: { code: 'model_throttled', message: expect.any(String) },
    });
    expect(reply.text).not.toContain('[DONE]');
  });

  test('can be aborted, and its possible cost stays charged', async () => {
    const system = await startSystem('everything');
    const { client } = openAiClient(system, 'all-key');
    system.bedrock.answerNext({ deltas: Array.from({ length: 500 }, (_, index) => `${index} `) });
    const stream = await client.chat.completions.create({ model: 'nova-lite', messages, stream: true });
    let pieces = 0;
    for await (const _ of stream) {
      pieces += 1;
      if (pieces === 3) stream.controller.abort();
    }
    expect(pieces).toBeLessThan(500);
    const { limits } = await system.client('all-key').client.usage();
    expect(limits[0]?.used).toBeGreaterThan(0);
  });
});

describe('thoughts', () => {
  test('come back as text, complete and streamed, and are ignored when they are sent back', async () => {
    const { client, sent } = await start();
    const request = {
      model: 'claude-sonnet-4.6',
      messages,
      reasoning_effort: 'low',
      max_tokens: 4000,
    } satisfies ChatCompletionCreateParamsNonStreaming;
    const { choices } = await client.chat.completions.create(request);
    const message = choices[0]?.message;
    const thoughts = { reasoning_content: expect.stringMatching(/^They ask: What is/) };
    expect(message).toMatchObject({ content: expect.stringContaining('You asked'), ...thoughts });
    expect(sent().additionalModelRequestFields).toMatchObject({ output_config: { effort: 'low' } });

    const chunks = await chunksOf(await client.chat.completions.create({ ...request, stream: true }));
    const pieces = deltasOf(chunks).map((delta) =>
      'reasoning_content' in delta ? delta.reasoning_content : '',
    );
    expect({ reasoning_content: pieces.join('') }).toMatchObject(thoughts);

    await client.chat.completions.create({
      ...request,
      messages: [...messages, ...(message ? [message] : []), user('And now?')],
    });
    expect(JSON.stringify(sent().messages)).not.toContain('They ask');
  });

  test('are off with `none`', async () => {
    const { client } = await start();
    const { choices } = await client.chat.completions.create({
      model: 'claude-sonnet-5',
      messages,
      reasoning_effort: 'none',
    });
    expect(choices[0]?.message).not.toHaveProperty('reasoning_content');
  });

  test('do not stop a model that thinks by default from continuing after a tool', async () => {
    const { client } = await start();
    const model = 'claude-sonnet-5';
    const { choices } = await client.chat.completions.create({
      model,
      messages: [user('Call get_time.')],
      tools,
    });
    const message = choices[0]?.message;
    const id = message?.tool_calls?.[0]?.id ?? '';
    const answer = await client.chat.completions.create({
      model,
      tools,
      messages: [
        user('Call get_time.'),
        ...(message ? [message] : []),
        { role: 'tool', tool_call_id: id, content: 'Noon' },
      ],
    });
    expect(answer.choices[0]?.message.content).toContain('The tools returned: Noon');
  });
});

describe('an answer with a schema', () => {
  const Place = z.object({ city: z.string(), people: z.number().int(), tags: z.array(z.string()) });
  const response_format = zodResponseFormat(Place, 'place');

  test.each(['claude-haiku-4.5', 'nova-lite'])('is parsed by the SDK: %s', async (model) => {
    const { client } = await start();
    const { choices } = await client.chat.completions.parse({ model, messages, response_format });
    expect(Place.parse(choices[0]?.message.parsed)).toBeDefined();
    expect(choices[0]?.finish_reason).toBe('stop');
    const stream = client.chat.completions.stream({ model, messages, response_format });
    const { choices: streamed } = await stream.finalChatCompletion();
    expect(Place.parse(streamed[0]?.message.parsed)).toBeDefined();
  });

  test('that does not fit is an error, which is not retried', async () => {
    const { client, system, requests } = await start();
    system.bedrock.answerNext({ deltas: ['{"city":"Oran"}'] });
    await expect(
      client.chat.completions.parse({ model: 'claude-haiku-4.5', messages, response_format }),
    ).rejects.toMatchObject({
      status: 502,
      code: 'invalid_output',
      message: expect.stringContaining('response_format'),
    });
    expect(requests()).toBe(1);
  });

  test("is refused for a model without schemas, by the caller's name for the field", async () => {
    const { client, system } = await start();
    await expect(
      client.chat.completions.parse({ model: 'llama', messages, response_format }),
    ).rejects.toMatchObject({ code: 'unsupported_feature', param: 'response_format' });
    expect(system.bedrock.received).toEqual([]);
  });
});

/** Features of no model here, and the field that an error names. */
const impossible: readonly (readonly [param: string, fields: object])[] = [
  ['n', { n: 2 }],
  ['logprobs', { logprobs: true }],
  ['logit_bias', { logit_bias: { 50256: -100 } }],
  ['audio', { audio: { voice: 'ash', format: 'mp3' } }],
  ['modalities', { modalities: ['text', 'audio'] }],
  ['prediction', { prediction: { type: 'content', content: 'x' } }],
  ['web_search_options', { web_search_options: {} }],
  ['store', { store: true }],
  ['functions', { functions: [{ name: 'f' }] }],
  ['maxTokens', { maxTokens: 5 }],
  ['response_format.type', { response_format: { type: 'json_object' } }],
  ['tools.0.type', { tools: [{ type: 'custom', custom: { name: 'f' } }] }],
  ['tool_choice', { tools, tool_choice: { type: 'function', function: { name: 'other' } } }],
  ['tool_choice', { tool_choice: 'required' }],
  ['reasoning_effort', { reasoning_effort: 'high' }],
  ['service_tier', { service_tier: 'flex' }],
  ['max_completion_tokens', { max_tokens: 100_000 }],
  ['messages', { messages: [{ role: 'assistant', content: 'Hello!' }, user('Hi')] }],
  ['messages', { messages: [user('Hi'), { role: 'assistant', content: 'Hello' }] }],
  ['messages', { messages: [user('Hi'), { role: 'tool', tool_call_id: 'a', content: 'x' }] }],
  ['messages', { messages: [] }],
  [
    'messages.0.content.0.image_url.url',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
        },
      ],
    },
  ],
  [
    'messages.0.content.0.type',
    {
      messages: [
        {
          role: 'user',
          content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
        },
      ],
    },
  ],
  [
    'messages.0.content.0.file.file_data',
    { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
  ],
];

describe('an error', () => {
  const ask = (client: OpenAI, fields: object = {}) =>
    client.chat.completions.create({ model: 'nova-lite', messages, ...fields });

  test('has the class that fits it', async () => {
    const { client, requests, system } = await start();
    const unknown = ask(client, { model: 'gpt-4o' });
    await expect(unknown).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(unknown).rejects.toMatchObject({
      status: 404,
      code: 'unknown_model',
      param: 'model',
      message: expect.stringContaining('nova-lite'),
      requestID: expect.any(String),
    });
    await expect(ask(client, { temperature: 1.5 })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(ask(client, { temperature: 1.5 })).rejects.toMatchObject({ param: 'temperature' });
    await expect(client.models.retrieve('gpt-4o')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    expect(requests()).toBe(4);
    expect(system.bedrock.received).toEqual([]);
  });

  test('for an invalid key is an AuthenticationError', async () => {
    const { client } = await start({ apiKey: 'wrong', defaultHeaders: { 'x-api-key': 'wrong' } });
    await expect(ask(client)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  test('for a model outside the plan is a PermissionDeniedError', async () => {
    const system = await startSystem('tight');
    const { client } = openAiClient(system, 'calm-key');
    await expect(ask(client, { model: 'nova-pro' })).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
  });

  test('for a used-up limit is a RateLimitError after one request, and names the limit and its reset', async () => {
    const system = await startSystem('counted');
    const { client, requests } = openAiClient(system, 'other-key');
    for (const _ of Array(2)) await ask(client);
    const refused = ask(client);
    await expect(refused).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(refused).rejects.toMatchObject({
      code: 'quota_exceeded',
      error: { details: { limit: 'requests', max: 2, used: 2, resetsAt: '2026-12-01T00:00:00.000Z' } },
    });
    const streamed = ask(client, { stream: true });
    await expect(streamed).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    expect(requests()).toBe(4);
  });

  test('for a call that never fits is not retried, and names the field to change', async () => {
    const system = await startSystem('counted');
    const { client, requests } = openAiClient(system, 'thrifty-key');
    const refused = ask(client, { max_tokens: 4000 });
    await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(refused).rejects.toMatchObject({
      code: 'exceeds_limit',
      message: expect.stringMatching(/max_completion_tokens/),
    });
    expect(requests()).toBe(1);
  });

  test('for a throttled model is a RateLimitError, which is retried', async () => {
    const { client, system, requests } = await start();
    const throttled = { kind: 'exception', name: 'ThrottlingException' } as const;
    // The proxy itself tries each request twice.
    system.bedrock.failNext(throttled, throttled);
    await ask(client);
    expect(requests()).toBe(2);
    system.bedrock.failNext(throttled, throttled);
    await expect(ask(openAiClient(system, 'all-key', { maxRetries: 0 }).client)).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
  });

  test('from Bedrock is an InternalServerError', async () => {
    const { client, system } = await start({ maxRetries: 0 });
    system.bedrock.failNext({ kind: 'body', body: 'not JSON' });
    await expect(ask(client)).rejects.toBeInstanceOf(OpenAI.InternalServerError);
  });

  test('for a failed connection is an APIConnectionError', async () => {
    const { client } = await start({ baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 });
    await expect(ask(client)).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
  });

  test('for a caller that aborts is an APIUserAbortError', async () => {
    const { client } = openAiClient(await startSystem('everything'), 'all-key');
    const controller = new AbortController();
    const asked = client.chat.completions.create(
      { model: 'nova-lite', messages },
      { signal: controller.signal },
    );
    controller.abort();
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  });

  test('names the unsupported field, before any call to Bedrock', async () => {
    const { client, system } = await start();
    for (const [param, fields] of impossible) {
      const refused = ask(client, fields);
      await expect(refused, param).rejects.toBeInstanceOf(OpenAI.BadRequestError);
      await expect(refused, param).rejects.toMatchObject({
        param,
        message: expect.stringContaining(param),
      });
    }
    expect(system.bedrock.received).toEqual([]);
  });
});
