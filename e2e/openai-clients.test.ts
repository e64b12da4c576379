import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { tool as langChainTool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import {
  APICallError,
  embedMany,
  generateText,
  type LanguageModel,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { describe, expect, test } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: the caller's own schemas, which these libraries read
import { z } from 'zod';
import { type SharedSystem, sharedSystems } from './harness.ts';
import { openAiSettings } from './openai-client.ts';

const shared = sharedSystems();

const place = z.object({ city: z.string(), people: z.number().int() });

/** The two providers of Vercel's AI SDK for chat completions. */
const providers: readonly (readonly [
  string,
  (system: SharedSystem, keyName?: string) => (model: string) => LanguageModel,
])[] = [
  [
    '@ai-sdk/openai-compatible',
    (system, keyName = 'all-key') =>
      createOpenAICompatible({
        name: 'proxy',
        ...openAiSettings(system, keyName),
        includeUsage: true,
        supportsStructuredOutputs: true,
      }),
  ],
  ['@ai-sdk/openai', (system, keyName = 'all-key') => createOpenAI(openAiSettings(system, keyName)).chat],
];

describe.each(providers)('%s', (_name, provider) => {
  test('gives a complete answer with its usage', async () => {
    const system = await shared('everything');
    const { text, usage, finishReason } = await generateText({
      model: provider(system)('nova-lite'),
      system: 'Be brief.',
      prompt: 'What is a dystopia?',
      temperature: 0.5,
    });
    expect(text).toContain('You asked: What is a dystopia?');
    expect(finishReason).toBe('stop');
    const { inputTokens, outputTokens } = system.bedrock.billed;
    expect(usage).toMatchObject({ inputTokens, outputTokens });
  });

  test('streams, runs tools and ends its loop', async () => {
    const system = await shared('everything');
    const cities: string[] = [];
    const result = streamText({
      model: provider(system)('claude-haiku-4.5'),
      prompt: 'Call get_weather and get_time.',
      tools: {
        get_weather: tool({
          description: 'Says the weather.',
          inputSchema: z.object({ city: z.string() }),
          execute: ({ city }) => {
            cities.push(city);
            return { sky: 'clear' };
          },
        }),
        get_time: tool({ description: 'Says the time.', inputSchema: z.object({}), execute: () => 'noon' }),
      },
      stopWhen: stepCountIs(3),
    });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    expect(text).toContain('The tools returned');
    expect(cities).toHaveLength(1);
    expect((await result.steps).map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
    expect(await result.totalUsage).toMatchObject({ outputTokens: system.bedrock.billed.outputTokens });
  });

  test('generates objects by a schema', async () => {
    const system = await shared('everything');
    for (const model of ['nova-lite', 'claude-haiku-4.5']) {
      const { output } = await generateText({
        model: provider(system)(model),
        prompt: 'Where is it?',
        output: Output.object({ schema: place }),
      });
      expect(place.parse(output)).toEqual(output);
    }
  });

  test('takes an image and a file', async () => {
    const system = await shared('everything');
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    await generateText({
      model: provider(system)('nova-lite'),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What are these?' },
            { type: 'file', data: png, mediaType: 'image/png' },
            { type: 'file', data: Buffer.from('%PDF-1.4'), mediaType: 'application/pdf' },
          ],
        },
      ],
    });
    const { messages } = JSON.parse(system.bedrock.received[0]?.text ?? '');
    expect(messages[0].content).toMatchObject([
      { text: 'What are these?' },
      { image: { format: 'png' } },
      { document: { format: 'pdf', name: 'document-1' } },
    ]);
  });

  test('reports the reason of a refusal', async () => {
    const system = await shared('counted');
    const refused = generateText({
      model: provider(system, 'thrifty-key')('nova-lite'),
      prompt: 'What is a dystopia?',
      maxOutputTokens: 4000,
    });
    await expect(refused).rejects.toBeInstanceOf(APICallError);
    await expect(refused).rejects.toMatchObject({
      statusCode: 400,
      isRetryable: false,
      message: expect.stringContaining('max_completion_tokens'),
    });
  });
});

test("@ai-sdk/openai-compatible shows a model's thoughts, and continues without them", async () => {
  const system = await shared('everything');
  const provider = createOpenAICompatible({ name: 'proxy', ...openAiSettings(system, 'all-key') });
  const model = provider('claude-sonnet-4.6');
  const { reasoningText, response } = await generateText({
    model,
    prompt: 'What is a dystopia?',
    maxOutputTokens: 4000,
    providerOptions: { proxy: { reasoningEffort: 'low' } },
  });
  expect(reasoningText).toContain('They ask');
  const { text } = await generateText({
    model,
    messages: [
      { role: 'user', content: 'What is a dystopia?' },
      ...response.messages,
      { role: 'user', content: 'And now?' },
    ],
  });
  expect(text).toContain('And now?');
});

test.each([
  [
    '@ai-sdk/openai-compatible',
    (system: SharedSystem) =>
      createOpenAICompatible({ name: 'proxy', ...openAiSettings(system, 'all-key') }).embeddingModel,
  ],
  [
    '@ai-sdk/openai',
    (system: SharedSystem) => createOpenAI(openAiSettings(system, 'all-key')).embeddingModel,
  ],
] as const)('%s turns many texts into vectors', async (_name, provider) => {
  const system = await shared('everything');
  const values = Array.from({ length: 300 }, (_, index) => `Text ${index}`);
  const { embeddings, usage } = await embedMany({
    model: provider(system)('cohere-embed-v3'),
    values,
    maxParallelCalls: 1,
  });
  expect(embeddings.map(({ length }) => length)).toEqual(values.map(() => 1024));
  expect(usage.tokens).toBe(system.bedrock.billed.inputTokens);
});

describe('@langchain/openai', () => {
  const modelOf = (system: SharedSystem, model: string) => {
    const { baseURL, apiKey, headers } = openAiSettings(system, 'all-key');
    return new ChatOpenAI({ model, apiKey, configuration: { baseURL, defaultHeaders: headers } });
  };

  test('answers complete and streamed, with the usage', async () => {
    const system = await shared('everything');
    const model = modelOf(system, 'nova-lite');
    const messages = [new SystemMessage('Be brief.'), new HumanMessage('What is a dystopia?')];
    const answer = await model.invoke(messages);
    expect(answer.text).toContain('You asked: What is a dystopia?');
    expect(answer.usage_metadata).toMatchObject({
      input_tokens: system.bedrock.billed.inputTokens,
      output_tokens: system.bedrock.billed.outputTokens,
    });
    const { outputTokens } = system.bedrock.billed;
    let text = '';
    const counted: unknown[] = [];
    for await (const piece of await model.stream(messages)) {
      text += piece.text;
      if (piece.usage_metadata) counted.push(piece.usage_metadata);
    }
    expect(text).toBe(answer.text);
    expect(counted).toMatchObject([{ output_tokens: outputTokens }]);
  });

  test('binds tools, and continues with their results', async () => {
    const system = await shared('everything');
    const getWeather = langChainTool(() => 'sunny', {
      name: 'get_weather',
      description: 'Says the weather.',
      schema: z.object({ city: z.string() }),
    });
    const model = modelOf(system, 'claude-haiku-4.5').bindTools([getWeather]);
    const question = new HumanMessage('Call get_weather.');
    const answer = await model.invoke([question]);
    expect(answer.tool_calls).toMatchObject([{ name: 'get_weather', args: { city: expect.any(String) } }]);
    const results = (answer.tool_calls ?? []).map(
      ({ id = '' }) => new ToolMessage({ tool_call_id: id, content: 'sunny' }),
    );
    const end = await model.invoke([question, answer, ...results]);
    expect(end.text).toContain('The tools returned: sunny');
  });

  test.each(['jsonSchema', 'functionCalling'] as const)('gives output by a schema: %s', async (method) => {
    const system = await shared('everything');
    const model = modelOf(system, 'nova-lite').withStructuredOutput(place, { name: 'place', method });
    expect(place.parse(await model.invoke('Where is it?'))).toBeDefined();
  });

  test('turns documents and a query into vectors', async () => {
    const system = await shared('everything');
    const { baseURL, apiKey, headers } = openAiSettings(system, 'all-key');
    const embeddings = new OpenAIEmbeddings({
      model: 'titan-embed-v2',
      apiKey,
      configuration: { baseURL, defaultHeaders: headers },
    });
    const [first, second] = await embeddings.embedDocuments(['One', 'Two']);
    expect([first?.length, second?.length]).toEqual([1024, 1024]);
    expect(await embeddings.embedQuery('One')).toEqual(first);
  });
});
