import Anthropic from '@anthropic-ai/sdk';
import { createBedrockClient } from '@org/bedrock-client';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const model = 'nova-lite';
const messages = [{ role: 'user', content: 'What is a dystopia?' }] as const;
const day = { limit: 'requests', period: 'day', scope: 'team', max: 5 } as const;
const header = (threshold: number, used: number) =>
  `requests;period=day;scope=team;threshold=${threshold};used="${used}";max="5";resets-at="2026-11-23T00:00:00.000Z"`;

test('every API warns of a limit that is nearly used up, in whole answers and in streams', async () => {
  const { url, keyValue } = await startSystem('counted');
  const apiKey = keyValue('shared-key');
  const client = createBedrockClient({ baseUrl: url, apiKey });
  const openAi = new OpenAI({ baseURL: `${url}/v1`, apiKey });
  const anthropic = new Anthropic({ baseURL: url, apiKey });

  const second = await client.ask(model, 'One').then(() => client.ask(model, 'Two'));
  expect(second.warnings).toBeUndefined();

  const chat = { model, messages: [...messages], max_tokens: 20 };
  const third = await openAi.chat.completions.create(chat).withResponse();
  expect(third.response.headers.get('x-limit-warning')).toBeNull();

  const fourth = await openAi.chat.completions.create({ ...chat, stream: true }).withResponse();
  expect(fourth.response.headers.get('x-limit-warning')).toBe(header(80, 4));
  for await (const _ of fourth.data);

  const fifth = await anthropic.messages.create(chat).withResponse();
  expect(fifth.response.headers.get('x-limit-warning')).toBe(header(95, 5));
});

test('the last event of a stream has the warnings', async () => {
  const { url, keyValue } = await startSystem('counted');
  const client = createBedrockClient({ baseUrl: url, apiKey: keyValue('shared-key') });
  for (let call = 0; call < 3; call += 1) await client.ask(model, 'What is a dystopia?');
  const { limits, warnings } = await client.stream(model, 'And a utopia?').final();
  const resetsAt = new Date('2026-11-23T00:00:00Z');
  expect(warnings).toEqual([{ ...day, used: 4, remaining: 1, threshold: 80, resetsAt }]);
  expect(limits).toMatchObject([{ ...day, used: 4 }]);
});
