import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const names = ['nova-lite', 'claude-haiku-4.5', 'gpt-4o', 'openai/gpt-4o:mini'];

/** Both SDKs with only a base URL and a key: both then send the key as a bearer token. */
async function start() {
  const { url, keyValue } = await startSystem('compatible');
  const settings = { apiKey: keyValue('all-key'), maxRetries: 0 };
  return {
    openai: new OpenAI({ ...settings, baseURL: `${url}/v1` }),
    anthropic: new Anthropic({ ...settings, baseURL: url }),
  };
}

test("OpenAI's SDK lists the models of its key, and looks one up by any name", async () => {
  const { openai } = await start();
  const page = await openai.models.list();
  expect(page.data.map(({ id }) => id)).toEqual(names);
  expect(await openai.models.retrieve('openai/gpt-4o:mini')).toMatchObject({
    id: 'openai/gpt-4o:mini',
    object: 'model',
    owned_by: 'amazon',
  });
});

test("Anthropic's SDK lists the models of its key, and looks one up by Anthropic's id", async () => {
  const { anthropic } = await start();
  const page = await anthropic.models.list({ limit: 2 });
  expect(page.data.map(({ id }) => id)).toEqual(names);
  expect(page.hasNextPage()).toBe(false);
  expect(await anthropic.models.retrieve('claude-haiku-4-5-20251001')).toMatchObject({
    id: 'claude-haiku-4-5-20251001',
    type: 'model',
    lifecycle: 'active',
    max_tokens: 64_000,
  });
});

test('a model that the key may not use, or that does not exist, is an error that both SDKs read', async () => {
  const { openai, anthropic } = await start();
  await expect(openai.models.retrieve('gpt-4.1')).rejects.toMatchObject({
    status: 403,
    code: 'model_not_allowed',
    type: 'permission_error',
  });
  await expect(anthropic.models.retrieve('claude-9')).rejects.toMatchObject({
    status: 404,
    type: 'not_found_error',
    message: expect.stringContaining('Choose one of: nova-lite, claude-haiku-4.5, gpt-4o'),
  });
});

test('a model called by another name reports its alias, and so does the log', async () => {
  const { send, keyValue, logs } = await startSystem('compatible');
  const body = { model: 'claude-haiku-4-5-20251001', question: 'What is a dystopia' };
  const reply = await send({ key: keyValue('all-key'), body });
  expect(reply.json()).toMatchObject({ model: 'claude-haiku-4.5' });
  expect(JSON.parse(logs.at(-1) ?? '')).toMatchObject({ model: 'claude-haiku-4.5' });
});
