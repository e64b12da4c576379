import { type ContentBlock, ConverseCommand, type Message } from '@aws-sdk/client-bedrock-runtime';
import { costInMicroUsd, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import { models, startUnderTest, turnedClock } from '../../testing/bedrock-client.ts';

const { modelId } = models.claude;

const point = (ttl: '5m' | '1h'): ContentBlock.CachePointMember => ({ cachePoint: { type: 'default', ttl } });

/** A text of so many tokens. */
const text = (tokens: number, word = 'word') => ({
  text: Array.from({ length: tokens }, () => word).join(' '),
});

async function start(known: readonly ModelDefinition[] = [models.claude]) {
  const clock = turnedClock();
  const { client, bedrock } = await startUnderTest({ clock, models: known });
  return {
    clock,
    bedrock,
    async ask(content: ContentBlock[], more: { history?: Message[]; system?: object[] } = {}) {
      const messages: Message[] = [...(more.history ?? []), { role: 'user', content }];
      const system = [text(10), point('1h'), text(20), point('5m')];
      const { usage } = await client.send(new ConverseCommand({ modelId, messages, system }));
      return usage;
    },
  };
}

test('a prefix is written once, each stretch for its time, and read afterwards', async () => {
  const { ask } = await start();
  expect(await ask([text(5)])).toMatchObject({
    ...{ inputTokens: 5, cacheReadInputTokens: 0, cacheWriteInputTokens: 30 },
    cacheDetails: [
      { ttl: '1h', inputTokens: 10 },
      { ttl: '5m', inputTokens: 20 },
    ],
  });
  const usage = await ask([text(6)]);
  expect(usage).toMatchObject({ inputTokens: 6, cacheReadInputTokens: 30, cacheWriteInputTokens: 0 });
  expect(usage).not.toHaveProperty('cacheDetails');
  expect(usage?.totalTokens).toBe(36 + (usage?.outputTokens ?? 0));
});

test('a prefix is forgotten when its time is over, which each use begins again', async () => {
  const { ask, clock } = await start();
  await ask([text(5)]);
  clock.turn(4);
  expect(await ask([text(5)])).toMatchObject({ cacheReadInputTokens: 30 });
  clock.turn(4);
  expect(await ask([text(5)])).toMatchObject({ cacheReadInputTokens: 30 });
  clock.turn(5);
  expect(await ask([text(5)])).toMatchObject({
    ...{ cacheReadInputTokens: 10, cacheWriteInputTokens: 20 },
    cacheDetails: [{ ttl: '5m', inputTokens: 20 }],
  });
  clock.turn(60);
  expect(await ask([text(5)])).toMatchObject({ cacheReadInputTokens: 0, cacheWriteInputTokens: 30 });
});

test('a conversation that goes on reads what was written, and writes what is new', async () => {
  const { ask } = await start();
  const first: Message = { role: 'user', content: [text(5)] };
  expect(await ask([text(5), point('5m')])).toMatchObject({ cacheWriteInputTokens: 35 });
  const history: Message[] = [first, { role: 'assistant', content: [text(7)] }];
  expect(await ask([text(8), point('5m')], { history })).toMatchObject({
    ...{ inputTokens: 0, cacheReadInputTokens: 35, cacheWriteInputTokens: 15 },
  });
});

test('what comes before a change is read, and what comes after it is written again', async () => {
  const { ask } = await start();
  await ask([text(5), point('5m')]);
  expect(await ask([text(5, 'other'), point('5m')])).toMatchObject({ cacheReadInputTokens: 30 });
});

test('what is billed has its price to the micro-USD', async () => {
  const { ask, bedrock } = await start();
  for (const _ of [1, 2]) await ask([text(5)]);
  const { billed } = bedrock;
  expect(billed).toMatchObject({
    inputTokens: 10,
    cacheReadTokens: 30,
    cacheWriteTokens: 20,
    cacheWrite1hTokens: 10,
  });
  const price = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25, cacheWrite1h: 2 };
  expect(costInMicroUsd(price, billed)).toBe(10 + 3 + 25 + 20 + 5 * billed.outputTokens);
});

test('nothing is kept before a point that is too early, or too late, in a prompt', async () => {
  const limits = { minimumTokens: 20, maximumTokens: 40 };
  const claude = {
    ...models.claude,
    cache: { implicit: false, points: { ...models.claude.cache.points, ...limits } },
  };
  const { ask } = await start([claude]);
  // Its points are after 10 and 30 tokens, and after 45.
  const usage = await ask([text(15), point('5m')]);
  expect(usage).toMatchObject({ inputTokens: 15, cacheWriteInputTokens: 30 });
  expect(usage?.cacheDetails).toEqual([{ ttl: '5m', inputTokens: 30 }]);
});
