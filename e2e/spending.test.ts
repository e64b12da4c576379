import {
  type AskOptions,
  type ModelName,
  QuotaExceededError,
  RateLimitedError,
  type UserBlock,
} from '@org/bedrock-client';
import { expect, test } from 'vitest';
import { pdfOf, pngOf } from './files.ts';
import { costOf, startSystem } from './harness.ts';

const text: UserBlock = { type: 'text', text: 'What does the find tool say of it?' };
const tools = [{ name: 'find', description: 'Finds it.', inputSchema: { type: 'object' } }];
const long = 'You know everything about dystopias. '.repeat(200);

/** Cheap and expensive, short and long, read from a cache and written to one. */
const kinds: readonly (readonly [model: ModelName, question: readonly UserBlock[], options: AskOptions])[] = [
  ['claude-haiku-4.5', [text], { system: long, cache: '5m', tools }],
  ['claude-haiku-4.5', [text, { type: 'image', format: 'png', data: pngOf(900, 900) }], { tools }],
  ['claude-haiku-5.5', [text], { system: long, cache: '1h', tools }],
  ['claude-sonnet-4.6', [text], { system: long, cache: '1h', reasoning: 'low' }],
  ['nova-pro', [text], { tools, toolChoice: 'required' }],
  ['nova-lite', [text, { type: 'document', name: 'a', format: 'pdf', data: pdfOf(2) }], { tools }],
];

test('callers of every kind at once never spend more than a limit in USD, and each refusal has its reason', async () => {
  const system = await startSystem('everything');
  const { client } = system.client('cheap-key');
  const spent = () => system.bills.reduce((sum, { modelId, ...bill }) => sum + costOf(modelId, bill), 0);
  const usd = async () => {
    const { limits } = await client.usage();
    const [limit] = limits;
    if (limit?.limit !== 'usd') throw new Error('There is no limit in USD.');
    return { used: Math.round(limit.used * 1_000_000), max: limit.max * 1_000_000 };
  };
  const outcomes: string[] = [];
  const ask = async (index: number) => {
    const kind = kinds[index % kinds.length];
    if (!kind) throw new Error('There is no such kind.');
    const [model, question, options] = kind;
    const asked = { ...options, maxTokens: 300, maxRetries: 0 };
    const answer =
      index % 2 === 0 ? client.ask(model, question, asked) : client.stream(model, question, asked).final();
    outcomes.push(
      await answer.then(
        () => 'answered',
        (error: unknown) => {
          if (error instanceof QuotaExceededError) return error.limit ?? error.code;
          if (error instanceof RateLimitedError) return error.code;
          throw error;
        },
      ),
    );
  };
  const looks: Awaited<ReturnType<typeof usd>>[] = [];
  const race = async (callers: number) => {
    let left = callers;
    const done = Promise.all(
      Array.from({ length: callers }, (_, index) =>
        ask(index).finally(() => {
          left -= 1;
        }),
      ),
    );
    while (left > 0) looks.push(await usd());
    await done;
  };
  // The admitted calls leave less and less, until one can never fit.
  while (!outcomes.includes('usd')) await race(66);

  expect(new Set(outcomes)).toEqual(new Set(['answered', 'rate_limited', 'usd']));
  expect(looks.length).toBeGreaterThan(1);
  for (const { used, max } of looks) expect(used).toBeLessThanOrEqual(max);
  const { used, max } = await usd();
  expect(used).toBe(spent());
  expect(used).toBeLessThanOrEqual(max);
});
