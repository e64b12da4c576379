import {
  type Answer,
  type AskOptions,
  type BedrockClient,
  InvalidRequestError,
  type Message,
  type ModelName,
  type Question,
  type RunnableTool,
  type ToolResultInput,
  tool,
  type Usage,
} from '@org/bedrock-client';
import { allInputTokens, type CatalogueAlias } from '@org/models';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { pdfOf, pngOf } from './files.ts';
import { costOf, sharedSystems } from './harness.ts';

/** A question's answer, buffered or streamed, with one usage for each of the model's answers. */
interface Outcome {
  readonly answer: Pick<Answer, 'text' | 'content' | 'stopReason'>;
  readonly usages: readonly Usage[];
  readonly messages: readonly Message[];
}

type Asking = Omit<AskOptions, 'tools' | 'messages' | 'history'> & {
  readonly tools?: readonly RunnableTool[];
};

type Way = (client: BedrockClient, model: ModelName, question: Question, options: Asking) => Promise<Outcome>;

const asRun: Way = async (client, model, question, options) => {
  const { steps, messages, ...answer } = await client.run(model, question, options);
  return { answer, messages, usages: steps.map((step) => step.answer.usage) };
};

/** A caller that streams every answer, and runs the tools. */
const asStreams: Way = async (client, model, question, options) => {
  const conversation = client.conversation(model, options);
  const usages: Usage[] = [];
  let turn = question;
  for (;;) {
    const answer = await conversation.stream(turn).final();
    usages.push(answer.usage);
    const calls = answer.content.filter((block) => block.type === 'tool_use');
    if (calls.length === 0) return { answer, usages, messages: conversation.messages };
    turn = await Promise.all(
      calls.map(async ({ id, name, input }): Promise<ToolResultInput> => {
        const { signal } = new AbortController();
        const output = await options.tools?.find((each) => each.name === name)?.run(input, { id, signal });
        return { type: 'tool_result', id, content: JSON.stringify(output) };
      }),
    );
  }
};

const ways = [
  ['whole', asRun],
  ['streamed', asStreams],
] as const;

const shared = sharedSystems();

async function start() {
  const system = await shared('everything');
  const { client } = system.client('exact-key');
  const counted = async () => {
    const [tokens, usd] = (await client.usage()).limits;
    return { tokens: tokens?.used ?? 0, microUsd: Math.round((usd?.used ?? 0) * 1_000_000) };
  };
  const before = await counted();
  /** Since the start. */
  const used = async () => {
    const { tokens, microUsd } = await counted();
    return { tokens: tokens - before.tokens, microUsd: microUsd - before.microUsd };
  };
  return {
    ...system,
    client,
    /** Answers, the ledger and the simulated Bedrock's bill agree to the token and to the micro-USD. */
    async expectCharged(usages: readonly Usage[]) {
      const bills = system.bills.map(({ modelId, ...bill }) => ({
        tokens: allInputTokens(bill) + bill.outputTokens,
        microUsd: costOf(modelId, bill),
      }));
      const said = usages.map(({ totalTokens, costUsd = 0 }) => ({
        tokens: totalTokens,
        microUsd: Math.round(costUsd * 1_000_000),
      }));
      expect(said).toEqual(bills);
      const sum = (count: (bill: (typeof bills)[number]) => number) =>
        bills.reduce((total, bill) => total + count(bill), 0);
      expect(sum(({ microUsd }) => microUsd)).toBeGreaterThan(0);
      expect(await used()).toEqual({
        tokens: sum(({ tokens }) => tokens),
        microUsd: sum(({ microUsd }) => microUsd),
      });
    },
    used,
  };
}

const place = z.object({ city: z.string() });
const placed = { input: place, inputSchema: z.toJSONSchema(place) };
const weather = tool({
  ...placed,
  name: 'weather',
  description: 'Says how the weather is in a city.',
  run: ({ city }) => ({ city, degrees: 5 }),
});
const time = tool({
  ...placed,
  name: 'time',
  description: 'Says what time it is in a city.',
  run: ({ city }) => ({ city, hour: 12 }),
});
const tools = [weather, time];
const call = (name: string, city: string) =>
  ({ kind: 'tool', name, deltas: ['{"city":', JSON.stringify(city), '}'] }) as const;

describe.each(ways)('%s,', (_way, ask) => {
  test.each(['nova-pro', 'claude-sonnet-4.6', 'gpt-6-luna'] satisfies CatalogueAlias[])(
    'three answers of %s, with parallel calls, are one conversation, each charged as billed',
    async (model) => {
      const { client, bedrock, expectCharged } = await start();
      bedrock.answerNext(
        { blocks: [{ kind: 'text', deltas: ['Both'] }, call('weather', 'Kraków'), call('time', 'Kraków')] },
        { blocks: [call('weather', 'Oran'), call('weather', 'Łódź'), call('time', 'Oran')] },
      );
      const { answer, usages, messages } = await ask(client, model, 'How is it there?', {
        tools,
        maxTokens: 300,
      });
      expect(answer.stopReason).toBe('end_turn');
      expect(answer.text).toContain(
        '{"city":"Oran","degrees":5}{"city":"Łódź","degrees":5}{"city":"Oran","hour":12}',
      );
      expect(messages.map(({ role }) => role)).toEqual(
        Array.from({ length: 6 }, (_turn, index) => (index % 2 === 0 ? 'user' : 'assistant')),
      );
      expect(usages).toHaveLength(3);
      await expectCharged(usages);
    },
  );

  test.each(['claude-opus-5.5', 'nova-lite'] satisfies CatalogueAlias[])(
    '%s reads an image and a PDF, and is charged their cost',
    async (model) => {
      const { client, bills, expectCharged } = await start();
      const { answer, usages } = await ask(
        client,
        model,
        [
          { type: 'text', text: 'What are these?' },
          { type: 'image', format: 'png', data: pngOf(1000, 500) },
          {
            type: 'document',
            name: 'Report 7',
            citations: true,
            data: new Blob([pdfOf(3)], { type: 'application/pdf' }),
          },
        ],
        { maxTokens: 300 },
      );
      expect(answer.text).toContain('The first page of Report 7.');
      // A page is 2,000 tokens.
      expect(bills[0]?.inputTokens).toBeGreaterThan(6000);
      await expectCharged(usages);
    },
  );

  test.each([
    ['claude-haiku-4.5', 'low', 2000],
    // This model thinks by default.
    ['claude-opus-5.5', undefined, 400],
  ] as const)(
    "a tool loop of %s keeps the model's own thoughts, and no others",
    async (model, reasoning, maxTokens) => {
      const { client, bills, expectCharged } = await start();
      const options = { tools, reasoning, maxTokens };
      const { usages, messages } = await ask(client, model, 'The weather and time, please', options);
      const [question, called, results, answered] = messages;
      const signed = { type: 'reasoning', text: expect.any(String), signature: expect.stringMatching(/./) };
      expect(called?.content).toMatchObject([signed, { name: 'weather' }, { name: 'time' }]);
      expect(answered?.content).toMatchObject([signed, { type: 'text' }]);
      await expectCharged(usages);

      if (!question || !called || !results || typeof called.content === 'string') throw new Error('No call.');
      const billed = bills.length;
      for (const forged of [{ signature: 'c2lnbmF0dXJl' }, { text: 'Something else.' }]) {
        const content = called.content.map((block) =>
          block.type === 'reasoning' ? { ...block, ...forged } : block,
        );
        const next = { ...options, messages: [question, { role: 'assistant' as const, content }] };
        if (typeof results.content === 'string') throw new Error('No results.');
        const blocks = results.content.filter((block) => block.type === 'tool_result');
        const refused = client.ask(model, blocks, next);
        await expect(refused).rejects.toBeInstanceOf(InvalidRequestError);
        await expect(refused).rejects.toMatchObject({ code: 'invalid_request', param: 'messages' });
      }
      expect(bills).toHaveLength(billed);
      await expectCharged(usages);

      const all = [...usages];
      for (const withheld of [{ tools: undefined }, { toolChoice: 'none' }] as const) {
        const { text, usage } = await client.ask(model, 'Thanks', { ...options, ...withheld, messages });
        expect(text).toContain('Thanks');
        all.push(usage);
      }
      await expectCharged(all);
    },
  );

  test.each([
    ['claude-sonnet-4.6', '5m'],
    ['claude-opus-5', '1h'],
  ] as const)('%s reads a prompt cached for %s at a tenth of the input price', async (model, cache) => {
    const { client, bills, expectCharged } = await start();
    const system = 'You know everything about dystopias. '.repeat(400);
    const asked = () =>
      ask(client, model, 'What is one?', { system, tools, cache, reasoning: 'off', maxTokens: 200 });
    const [first, second] = [await asked(), await asked()];
    const written = first.usages[0]?.[cache === '5m' ? 'cacheWriteTokens' : 'cacheWrite1hTokens'] ?? 0;
    expect(written).toBeGreaterThan(3000);
    expect(second.usages[0]).toMatchObject({ cacheReadTokens: written, cacheWriteTokens: 0 });
    await expectCharged([...first.usages, ...second.usages]);

    const [write, read] = bills;
    if (!write || !read) throw new Error('Nothing was billed.');
    const inputAlone = (bill: typeof read) => costOf(bill.modelId, { ...bill, outputTokens: 0 });
    const atPriceOfInput = costOf(read.modelId, {
      ...{ inputTokens: allInputTokens(read), outputTokens: 0 },
      ...{ cacheReadTokens: 0, cacheWriteTokens: 0, cacheWrite1hTokens: 0 },
    });
    expect(inputAlone(read)).toBe(Math.ceil(atPriceOfInput / 10));
    expect(inputAlone(write)).toBeGreaterThan(1.2 * atPriceOfInput);
  });
});

test.each(['titan-embed-v2', 'cohere-embed-v3', 'cohere-embed-v4'] satisfies CatalogueAlias[])(
  '%s turns 100 texts into vectors in one call, charged once',
  async (model) => {
    const { client, bedrock, used } = await start();
    const inputs = Array.from({ length: 100 }, (_, index) => `Text ${index} about dystopias. Łódź. 🦊`);
    const { vectors, usage } = await client.embed(model, inputs);
    expect(vectors).toHaveLength(100);
    expect(new Set(vectors.map(String)).size).toBe(100);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1);
    const { billed, received } = bedrock;
    const microUsd = costOf(received[0]?.modelId ?? '', billed);
    expect(usage).toMatchObject({
      ...{ inputTokens: billed.inputTokens, outputTokens: 0, totalTokens: billed.inputTokens },
      costUsd: microUsd / 1_000_000,
    });
    expect(await used()).toEqual({ tokens: billed.inputTokens, microUsd });
  },
);
