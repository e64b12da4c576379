import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { answer, limits, reply, serve } from '../test/loopback-server.ts';
import { createBedrockClient } from './client.ts';

const apiKey = 'key';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('an answer has what the proxy said, its request id and the number of attempts', async () => {
  const { url } = await serve((response) => reply(response, 200, answer));
  const client = createBedrockClient({ baseUrl: url, apiKey });
  expect(await client.ask('llama', 'What is a dystopia?')).toEqual({
    ...answer,
    limits: limits.map((limit) => ({ ...limit, resetsAt: new Date(limit.resetsAt) })),
    requestId: 'request-1',
    attempts: 1,
  });
});

test('an answer under no limit, of a model without a price and with a prompt cache, says so', async () => {
  const usage = { inputTokens: 5, outputTokens: 4, totalTokens: 19, cacheReadTokens: 8, cacheWriteTokens: 2 };
  const { url } = await serve((response) => reply(response, 200, { ...answer, usage, limits: [] }));
  const got = await createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi');
  expect(got).toMatchObject({ usage, limits: [] });
  expect(got.usage).not.toHaveProperty('costUsd');
});

test('kinds of limits that a newer proxy adds are passed on', async () => {
  const [requests] = limits;
  const images = { ...requests, limit: 'images', period: 'week', scope: 'account', burst: 3 };
  const { url } = await serve((response) => reply(response, 200, { ...answer, limits: [images] }));
  const got = await createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi');
  expect(got.limits).toMatchObject([{ limit: 'images', period: 'week', scope: 'account', remaining: 39 }]);
});

test('fields that a newer proxy adds to an answer do no harm', async () => {
  const newer = { ...answer, stopReason: 'brand_new', mood: 'grim', usage: { ...answer.usage, images: 1 } };
  const { url } = await serve((response) => reply(response, 200, newer));
  const client = createBedrockClient({ baseUrl: url, apiKey });
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'A bad place.', stopReason: 'brand_new' });
});

test('the question reaches the proxy exactly as written, with every option', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  const question = '¿Qué es una "distopía"?\n\t\u{1F600} \\u00e9';
  const options = {
    system: 'Be brief.',
    history: [
      { role: 'user', text: 'Hi' },
      { role: 'assistant', text: 'Hello.' },
    ],
    maxTokens: 50,
    temperature: 0,
    topP: 0.5,
    stop: ['END'],
  } as const;
  await createBedrockClient({ baseUrl: url, apiKey }).ask('llama', question, options);
  expect(calls[0]).toMatchObject({ method: 'POST', path: '/dev/bedrock' });
  expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ model: 'llama', question, ...options });
});

test('an option of undefined is the same as none', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  const client = createBedrockClient({ baseUrl: url, apiKey, fetch: undefined, timeoutMs: undefined });
  await client.ask('llama', 'Hi', {
    system: undefined,
    history: undefined,
    maxTokens: undefined,
    temperature: undefined,
    topP: undefined,
    stop: undefined,
    signal: undefined,
    timeoutMs: undefined,
    deadlineMs: undefined,
    maxRetries: undefined,
    headers: { 'x-tag': undefined },
  });
  await client.ask('llama', 'Hi', undefined);
  expect(calls.map(({ body }) => body)).toEqual(Array(2).fill('{"model":"llama","question":"Hi"}'));
  expect(calls[0]?.headers).not.toHaveProperty('x-tag');
});

test.each(['', '/'])('a base URL that ends with "%s" keeps its stage', async (end) => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  await createBedrockClient({ baseUrl: url + end, apiKey }).ask('llama', 'Hi');
  expect(calls[0]?.path).toBe('/dev/bedrock');
});

test('a base URL without a stage works', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  await createBedrockClient({ baseUrl: new URL(url).origin, apiKey }).ask('llama', 'Hi');
  expect(calls[0]?.path).toBe('/bedrock');
});

test('the environment gives URL and key', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  vi.stubEnv('BEDROCK_PROXY_URL', url);
  vi.stubEnv('BEDROCK_PROXY_API_KEY', apiKey);
  await createBedrockClient().ask('llama', 'Hi');
  expect(calls[0]?.headers).toMatchObject({ 'x-api-key': apiKey });
});

test('a request says who sends it and which attempt it is', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  await createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi');
  expect(calls[0]?.headers).toMatchObject({
    'x-api-key': apiKey,
    'content-type': 'application/json',
    accept: 'application/json',
    'x-bedrock-client': expect.stringMatching(/^ts\/\S+; runtime=Node\.js\/\d+; attempt=1$/),
    'user-agent': expect.stringMatching(/^bedrock-client\/\S+ \(Node\.js\/\d+\)$/),
    'content-length': '33',
  });
});

test('a web page sends no user-agent, which CORS would have to allow', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  vi.stubGlobal('window', { document: {} });
  const client = createBedrockClient({ baseUrl: url, apiKey, dangerouslyAllowBrowser: true });
  await client.ask('llama', 'Hi');
  expect(calls[0]?.headers['user-agent']).not.toMatch(/bedrock-client/);
  expect(calls[0]?.headers['x-bedrock-client']).toContain('runtime=browser');
});

test('headers of a call are sent, but cannot replace the client’s own', async () => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  const headers = { Authorization: 'Bearer token', 'X-Api-Key': 'another', 'Content-Type': 'text/plain' };
  await createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi', { headers });
  expect(calls[0]?.headers).toMatchObject({
    authorization: 'Bearer token',
    'x-api-key': apiKey,
    'content-type': 'application/json',
  });
});

test.each([
  ['at once', () => 'key-of-function-1'],
  ['later', async () => 'key-of-function-1'],
])('a function can give the key %s', async (_, source) => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  await createBedrockClient({ baseUrl: url, apiKey: source }).ask('llama', 'Hi');
  expect(calls[0]?.headers['x-api-key']).toBe('key-of-function-1');
});

test.each([
  ['throws', () => Promise.reject(new Error('The vault is sealed.')), /function failed\./],
  ['throws a TypeError', () => Promise.reject(new TypeError('No.')), /function failed \(TypeError\)\./],
  ['returns nothing', () => '', /must return a string/],
  ['returns a line break', () => 'key\n', /line break/],
])('a key function that %s rejects the call, and nothing is sent', async (_, source, message) => {
  const { url, calls } = await serve((response) => reply(response, 200, answer));
  await expect(
    createBedrockClient({ baseUrl: url, apiKey: source }).ask('llama', 'Hi'),
  ).rejects.toMatchObject({
    code: 'invalid_configuration',
    field: 'apiKey',
    attempts: 0,
    message: expect.stringMatching(message),
  });
  expect(calls).toEqual([]);
});

test('a custom fetch gets plain values, so that any implementation will do', async () => {
  const fetch = vi.fn(async () => Response.json(answer));
  await createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey, fetch }).ask('llama', 'Hi');
  expect(fetch).toHaveBeenCalledExactlyOnceWith('https://proxy.example/dev/bedrock', {
    method: 'POST',
    headers: expect.objectContaining({ 'x-api-key': apiKey }),
    body: '{"model":"llama","question":"Hi"}',
    signal: expect.any(AbortSignal),
    redirect: 'manual',
  });
});

test('a fetch that is replaced after the client was made, as msw does, is used', async () => {
  const client = createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey });
  const server = setupServer(http.post('https://proxy.example/dev/bedrock', () => HttpResponse.json(answer)));
  server.listen({ onUnhandledFrame: 'error' });
  onTestFinished(() => server.close());
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'A bad place.' });
});

test('a program that configures its own zod changes nothing', async () => {
  z.config({ customError: () => 'ours' });
  onTestFinished(() => void z.config({ customError: undefined }));
  const fetch = async () => Response.json({ ...answer, text: 1 });
  const asked = createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey, fetch }).ask(
    'llama',
    'Hi',
  );
  await expect(asked).rejects.toMatchObject({ issues: [{ path: 'text', message: 'expected string' }] });
});
