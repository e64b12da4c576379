import { createAnthropic } from '@ai-sdk/anthropic';
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool as langChainTool } from '@langchain/core/tools';
import { APICallError, generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { sharedSystems } from './harness.ts';

const shared = sharedSystems();

async function start() {
  const system = await shared('everything');
  const apiKey = system.keyValue('all-key');
  const vercel = createAnthropic({ baseURL: `${system.url}/v1`, apiKey });
  const langChain = (model: string) =>
    new ChatAnthropic({
      ...{ model, apiKey, anthropicApiUrl: system.url, maxTokens: 500, maxRetries: 0 },
      clientOptions: { defaultHeaders: { 'x-api-key': apiKey } },
    });
  return { ...system, vercel, langChain };
}

const models = ['claude-haiku-4.5', 'claude-sonnet-4.6', 'claude-opus-5.5', 'nova-2-lite', 'gpt-oss-120b'];

describe.each(models)('with the Vercel AI SDK, %s', (model) => {
  const prompt = 'What is a dystopia';

  test('gives a complete answer', async () => {
    const { vercel } = await start();
    const { text, usage, finishReason } = await generateText({
      model: vercel(model),
      prompt,
      maxOutputTokens: 500,
    });
    expect(text).toContain('You asked: What is a dystopia');
    expect(usage.outputTokens).toBeGreaterThan(5);
    expect(finishReason).toBe('stop');
  });

  test('calls tools in a stream, and continues from their results', async () => {
    const { vercel } = await start();
    const weather = tool({
      description: 'Says how the weather is.',
      inputSchema: z.object({ city: z.string() }),
      execute: ({ city }) => `Rain, for ${city}`,
    });
    const result = streamText({
      ...{ model: vercel(model), maxOutputTokens: 2000, tools: { weather }, stopWhen: stepCountIs(2) },
      prompt: 'The weather, please',
    });
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.join('')).toContain('The tools returned: Rain, for The weather, please');
    const steps = await result.steps;
    expect(steps.map(({ finishReason }) => finishReason)).toEqual(['tool-calls', 'stop']);
  });
});

const answer = z.object({ answer: z.string() });

test.each(['claude-haiku-4.5', 'claude-sonnet-4.6', 'nova-2-lite'])(
  'with the Vercel AI SDK, %s answers with an object',
  async (model) => {
    const { vercel } = await start();
    const prompt = 'What is a dystopia';
    const { object } = await generateObject({
      model: vercel(model),
      schema: answer,
      prompt,
      maxOutputTokens: 2000,
    });
    expect(object).toEqual({ answer: expect.any(String) });
  },
);

test.each([
  ['claude-opus-5.5', 'does not support output_config.format'],
  ['gpt-oss-120b', 'cannot be made to call a tool'],
])('with the Vercel AI SDK, %s reports that it cannot answer with an object', async (model, message) => {
  const { vercel } = await start();
  const asked = generateObject({ model: vercel(model), schema: answer, prompt: 'Hi', maxOutputTokens: 2000 });
  await expect(asked).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining(message) });
});

test('with the Vercel AI SDK, an error has its status, and is not retried if a retry cannot help', async () => {
  const { vercel, bedrock } = await start();
  const error = await generateText({ model: vercel('claude-9'), prompt: 'Hi' }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(APICallError);
  expect(error).toMatchObject({ statusCode: 404, isRetryable: false });
  expect(bedrock.received).toEqual([]);
});

test("with the Vercel AI SDK, Claude thinks, and its thoughts go back with a tool's result", async () => {
  const { vercel, bedrock } = await start();
  const weather = tool({ inputSchema: z.object({}), execute: () => 'Rain.' });
  const { text, steps } = await generateText({
    ...{ model: vercel('claude-sonnet-4.6'), tools: { weather }, stopWhen: stepCountIs(2) },
    prompt: 'The weather, please',
    maxOutputTokens: 500,
    providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
  });
  expect(steps[0]?.reasoningText).toContain('They ask');
  expect(text).toContain('The tools returned: Rain.');
  expect(bedrock.received.at(-1)?.text).toContain('"signature"');
});

describe.each(models)('with LangChain, %s', (model) => {
  test('answers complete and streamed', async () => {
    const { langChain } = await start();
    const chat = langChain(model);
    const whole = await chat.invoke('What is a dystopia');
    expect(whole.text).toContain('You asked: What is a dystopia');
    expect(whole.usage_metadata).toMatchObject({ output_tokens: expect.any(Number) });
    const pieces: string[] = [];
    for await (const piece of await chat.stream('What is a dystopia')) pieces.push(piece.text);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces.join('')).toBe(whole.text);
  });

  test('calls a bound tool, and continues from its result', async () => {
    const { langChain } = await start();
    const weather = langChainTool(({ city }: { city: string }) => `Rain, for ${city}`, {
      ...{ name: 'weather', description: 'Says how the weather is.' },
      schema: z.object({ city: z.string() }),
    });
    const chat = langChain(model).bindTools([weather]);
    const question = new HumanMessage('The weather, please');
    const first = await chat.invoke([question]);
    expect(first.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'The weather, please' } }]);
    const [call] = first.tool_calls ?? [];
    const result = new ToolMessage({ content: 'Rain.', tool_call_id: call?.id ?? '' });
    const second = await chat.invoke([question, first, result]);
    expect(second.text).toContain('The tools returned: Rain.');
  });
});
