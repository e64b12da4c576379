import Anthropic, { RateLimitError as AnthropicRateLimitError } from '@anthropic-ai/sdk';
import {
  type BedrockClient,
  createBedrockClient,
  QuotaExceededError,
  RateLimitedError,
} from '@org/bedrock-client';
import { ErrorEnvelopeSchema } from '@org/contract';
import OpenAI, { RateLimitError as OpenAiRateLimitError } from 'openai';
import { expect, test } from 'vitest';
import { pngOf } from './files.ts';
import { costOf, type System, startSystem } from './harness.ts';

/** An API, as its own client calls it. */
interface Door {
  readonly name: string;
  /** Each resolves when the answer is complete. */
  readonly calls: Readonly<Record<'whole' | 'stream' | 'tools' | 'image', () => Promise<unknown>>>;
  /** The code of a 429, if the error has the client's class for one. */
  codeOf(error: unknown): string | null | undefined;
}

const model = 'claude-haiku-4.5';
const other = 'nova-lite';
const question = 'What does the find tool say of it?';
const png = Buffer.from(pngOf(900, 900)).toString('base64');
const find = { description: 'Finds it.', parameters: { type: 'object' } } as const;
const most = 300;

async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream);
}

function nativeDoor(client: BedrockClient): Door {
  const tools = [{ name: 'find', description: find.description, inputSchema: find.parameters }];
  const options = { maxTokens: most, maxRetries: 0 };
  const image = [
    { type: 'text', text: question },
    { type: 'image', format: 'png', data: pngOf(900, 900) },
  ] as const;
  return {
    name: 'native',
    calls: {
      whole: () => client.ask(other, question, options),
      stream: () => client.stream(other, question, options).final(),
      tools: () => client.ask(model, question, { ...options, tools }),
      image: () => client.stream(model, image, { ...options, tools }).final(),
    },
    codeOf: (error: unknown) =>
      error instanceof QuotaExceededError || error instanceof RateLimitedError ? error.code : undefined,
  };
}

function chatDoor(client: OpenAI): Door {
  const tools = [{ type: 'function', function: { name: 'find', ...find } }] as const;
  const ask = (content: string) => [{ role: 'user' as const, content }];
  const image = [
    { type: 'text', text: question },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
  ] as const;
  const { completions } = client.chat;
  return {
    name: 'chat completions',
    calls: {
      whole: () => completions.create({ model: other, max_tokens: most, messages: ask(question) }),
      stream: async () =>
        drain(await completions.create({ model, max_tokens: most, messages: ask(question), stream: true })),
      tools: () =>
        completions.create({ model, max_tokens: most, messages: ask(question), tools: [...tools] }),
      image: async () =>
        drain(
          await completions.create({
            ...{ model, max_tokens: most, stream: true },
            messages: [{ role: 'user', content: [...image] }],
          }),
        ),
    },
    codeOf: openAiCode,
  };
}

function responsesDoor(client: OpenAI): Door {
  const tools = [{ type: 'function' as const, name: 'find', strict: false, ...find }];
  const { responses } = client;
  const asked = { max_output_tokens: most, input: question };
  return {
    name: 'responses',
    calls: {
      whole: () => responses.create({ ...asked, model }),
      stream: async () => drain(await responses.create({ ...asked, model: other, stream: true })),
      tools: async () => drain(await responses.create({ ...asked, model, tools, stream: true })),
      image: () =>
        responses.create({
          ...{ ...asked, model },
          input: [
            {
              role: 'user',
              content: [
                { type: 'input_text', text: question },
                { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${png}` },
              ],
            },
          ],
        }),
    },
    codeOf: openAiCode,
  };
}

function messagesDoor(client: Anthropic): Door {
  const tools = [{ name: 'find', description: find.description, input_schema: find.parameters }];
  const ask = (content: Anthropic.MessageParam['content']) => ({
    max_tokens: most,
    messages: [{ role: 'user' as const, content }],
  });
  const image = [
    { type: 'text', text: question },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
  ] as const;
  return {
    name: 'messages',
    calls: {
      whole: () => client.messages.create({ ...ask(question), model }),
      stream: () => client.messages.stream({ ...ask(question), model }).finalMessage(),
      tools: () => client.messages.stream({ ...ask(question), model: other, tools }).finalMessage(),
      image: () => client.messages.create({ ...ask([...image]), model, tools }),
    },
    codeOf: (error: unknown) =>
      error instanceof AnthropicRateLimitError
        ? ErrorEnvelopeSchema.parse(error.error).error.code
        : undefined,
  };
}

function openAiCode(error: unknown): string | null | undefined {
  return error instanceof OpenAiRateLimitError ? error.code : undefined;
}

/** Every API, for one key. Nothing is retried. */
function allDoors({ url, keyValue }: System, keyName: string): Door[] {
  const apiKey = keyValue(keyName);
  const openAi = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
  return [
    nativeDoor(createBedrockClient({ baseUrl: url, apiKey })),
    chatDoor(openAi),
    responsesDoor(openAi),
    messagesDoor(new Anthropic({ baseURL: url, apiKey, maxRetries: 0 })),
  ];
}

/** The code of a refusal, or `answered`. Throws any error that is not the client's 429. */
async function outcomeOf(door: Door, call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'answered';
  } catch (error) {
    const code = door.codeOf(error);
    if (typeof code !== 'string') throw new Error(`Through ${door.name}`, { cause: error });
    return code;
  }
}

async function limitOf({ url, keyValue }: System, keyName: string) {
  const { limits } = await createBedrockClient({ baseUrl: url, apiKey: keyValue(keyName) }).usage();
  const [limit] = limits;
  if (!limit) throw new Error(`${keyName} has no limit.`);
  return limit;
}

test('a limit of 40 requests admits exactly 40 of 64 calls at once over all APIs with one key, and each client throws its own error for the others', async () => {
  const system = await startSystem('contested');
  const doors = allDoors(system, 'contested-key');
  // The function knows the key before the race. Of calls that begin with a look at the table, a busy machine refuses some.
  // Of 160 calls it refuses some too, because a hold has three seconds.
  expect(await limitOf(system, 'contested-key')).toMatchObject({ used: 0 });
  const race = () =>
    Promise.all(
      doors.flatMap((door) =>
        Object.values(door.calls).flatMap((call) =>
          Array.from({ length: 4 }, async () => ({ door: door.name, outcome: await outcomeOf(door, call) })),
        ),
      ),
    );

  const outcomes = await race();
  expect(outcomes).toHaveLength(64);
  expect(outcomes.filter(({ outcome }) => outcome === 'answered')).toHaveLength(40);
  expect(await limitOf(system, 'contested-key')).toMatchObject({
    limit: 'requests',
    used: 40,
    remaining: 0,
  });
  expect(system.bills).toHaveLength(40);
  // When nothing is in flight any more, each error says that the limit is reached.
  expect(new Set((await race()).map(({ door, outcome }) => `${door}: ${outcome}`))).toEqual(
    new Set(doors.map(({ name }) => `${name}: quota_exceeded`)),
  );
  expect(system.bills).toHaveLength(40);
});

test('no mix of calls at once, through all APIs, passes a limit in USD', async () => {
  const system = await startSystem('everything');
  const doors = allDoors(system, 'cheap-key');
  const spent = () => system.bills.reduce((sum, { modelId, ...bill }) => sum + costOf(modelId, bill), 0);
  const outcomes = new Set<string>();
  const looks: number[] = [];
  const usd = async () => {
    const { limit, used, max } = await limitOf(system, 'cheap-key');
    expect(limit).toBe('usd');
    looks.push(max - used);
    return Math.round(used * 1_000_000);
  };
  // The admitted calls leave less and less, until the most expensive can never fit.
  while (!doors.every(({ name }) => outcomes.has(`${name}: quota_exceeded`))) {
    const calls = doors.flatMap((door) =>
      Object.values(door.calls).flatMap((call) =>
        Array.from({ length: 4 }, async () => {
          outcomes.add(`${door.name}: ${await outcomeOf(door, call)}`);
        }),
      ),
    );
    const racing = Promise.all(calls);
    await usd();
    await racing;
  }

  for (const { name } of doors) expect(outcomes).toContain(`${name}: answered`);
  expect(await usd()).toBe(spent());
  for (const left of looks) expect(left).toBeGreaterThanOrEqual(0);
});
