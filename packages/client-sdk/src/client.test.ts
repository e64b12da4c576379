import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { answer, envelope, limits, readLimits, replying, serve } from '../test/loopback-server.ts';
import { scene, settings } from '../test/scene.ts';
import { createBedrockClient } from './client.ts';
import { isBrowser, platformName } from './options/environment.ts';

const apiKey = 'key';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('an answer has what the proxy said, its request id and the number of attempts', async () => {
  const { client } = await scene(replying(200, answer));
  const value = { ...answer, limits: readLimits, requestId: 'request-1', attempts: 1 };
  expect(await client.ask('llama', 'What is a dystopia?')).toEqual(value);
  expect(await client.safeAsk('llama', 'What is a dystopia?')).toEqual({ ok: true, value });
});

test('safeAsk returns the error that ask throws, be it for a wrong argument', async () => {
  const { client } = await scene(replying(429, envelope('quota_exceeded')));
  const { ok, error } = await client.safeAsk('llama', 'Hi');
  expect(ok).toBe(false);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'QuotaExceededError', requestId: 'request-1' });
  expect(await Reflect.apply(client.safeAsk, undefined, ['llama'])).toMatchObject({
    ok: false,
    error: { name: 'ConfigurationError', field: 'question' },
  });
});

test('an answer under no limit, of a model without a price and with a prompt cache, says so', async () => {
  const usage = { inputTokens: 5, outputTokens: 4, totalTokens: 19, cacheReadTokens: 8, cacheWriteTokens: 2 };
  const { client } = await scene(replying(200, { ...answer, usage, limits: [] }));
  const got = await client.ask('llama', 'Hi');
  expect(got).toMatchObject({ usage, limits: [] });
  expect(got.usage).not.toHaveProperty('costUsd');
});

test('fields, stop reasons and kinds of limits that a newer proxy adds do no harm', async () => {
  const images = { ...limits[0], limit: 'images', period: 'week', scope: 'account', burst: 3 };
  const newer = { ...answer, stopReason: 'brand_new', mood: 'grim', limits: [images] };
  const { client } = await scene(replying(200, { ...newer, usage: { ...answer.usage, images: 1 } }));
  expect(await client.ask('llama', 'Hi')).toMatchObject({
    text: 'A bad place.',
    stopReason: 'brand_new',
    limits: [{ limit: 'images', period: 'week', scope: 'account', remaining: 39 }],
  });
});

test('the question reaches the proxy exactly as written, with every option', async () => {
  const { client, calls } = await scene(replying(200, answer));
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
  await client.ask('llama', question, options);
  expect(calls[0]).toMatchObject({ method: 'POST', path: '/dev/bedrock' });
  expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ model: 'llama', question, ...options });
});

test('blocks of a kind that a newer proxy has added are left out of an answer', async () => {
  const content = [{ type: 'video', url: 'https://example.com' }, ...answer.content];
  const { client } = await scene(replying(200, { ...answer, content }));
  expect((await client.ask('llama', 'Hi')).content).toEqual(answer.content);
});

test.each([[[{ text: 'Hi' }]], [['Hi']], [{}]])(
  'a content of %j is not one of this proxy',
  async (content) => {
    const { client } = await scene(replying(200, { ...answer, content }));
    await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({
      name: 'InvalidResponseError',
      issues: [{ path: expect.stringMatching(/^content/) }],
    });
  },
);

test('an option of undefined is the same as none', async () => {
  const { client, calls } = await scene(replying(200, answer), { fetch: undefined, timeoutMs: undefined });
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

test.each([
  ['with its stage', '/dev', '/dev/bedrock'],
  ['with a slash at its end', '/dev/', '/dev/bedrock'],
  ['without a stage', '', '/bedrock'],
])('a base URL %s is one to which the path is added', async (_, stage, path) => {
  const { url, calls } = await serve(replying(200, answer));
  await createBedrockClient({ ...settings, baseUrl: new URL(url).origin + stage }).ask('llama', 'Hi');
  expect(calls[0]?.path).toBe(path);
});

test('the environment gives URL and key', async () => {
  const { url, calls } = await serve(replying(200, answer));
  vi.stubEnv('BEDROCK_PROXY_URL', url);
  vi.stubEnv('BEDROCK_PROXY_API_KEY', apiKey);
  await createBedrockClient({ dangerouslyAllowBrowser: true }).ask('llama', 'Hi');
  expect(calls[0]?.headers).toMatchObject({ 'x-api-key': apiKey });
});

const inNode = platformName().startsWith('Node.js');

test.runIf(inNode)('a request says who sends it and which attempt it is', async () => {
  const { client, calls } = await scene(replying(200, answer));
  await client.ask('llama', 'Hi');
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
  if (!isBrowser()) vi.stubGlobal('window', { document: {} });
  const { client, calls } = await scene(replying(200, answer), { dangerouslyAllowBrowser: true });
  await client.ask('llama', 'Hi');
  expect(calls[0]?.headers['user-agent']).not.toMatch(/bedrock-client/);
  expect(calls[0]?.headers['x-bedrock-client']).toContain('runtime=browser');
});

test('headers of a call are sent, but cannot replace the client’s own', async () => {
  const { client, calls } = await scene(replying(200, answer));
  const headers = { Authorization: 'Bearer token', 'X-Api-Key': 'another', 'Content-Type': 'text/plain' };
  await client.ask('llama', 'Hi', { headers });
  expect(calls[0]?.headers).toMatchObject({
    authorization: 'Bearer token',
    'x-api-key': apiKey,
    'content-type': 'application/json',
  });
});

test.each([
  ['throws', () => Promise.reject(new Error('The vault is sealed.')), /function failed\./],
  ['throws a TypeError', () => Promise.reject(new TypeError('No.')), /function failed \(TypeError\)\./],
  ['returns nothing', () => '', /must return a string/],
  ['returns a line break', () => 'key\n', /line break/],
])('a key function that %s rejects the call, and nothing is sent', async (_, source, message) => {
  const { client, calls } = await scene(replying(200, answer), { apiKey: source });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({
    code: 'invalid_configuration',
    field: 'apiKey',
    attempts: 0,
    message: expect.stringMatching(message),
  });
  expect(calls).toEqual([]);
});

test('a custom fetch gets plain values, so that any implementation will do', async () => {
  const fetch = vi.fn(async () => Response.json(answer));
  await createBedrockClient({ ...settings, apiKey, fetch }).ask('llama', 'Hi');
  expect(fetch).toHaveBeenCalledExactlyOnceWith('https://proxy.example/dev/bedrock', {
    method: 'POST',
    headers: expect.objectContaining({ 'x-api-key': apiKey }),
    body: '{"model":"llama","question":"Hi"}',
    signal: expect.any(AbortSignal),
    redirect: 'manual',
  });
});

test('a fetch that is replaced after the client was made, as msw does, is used', async () => {
  const client = createBedrockClient(settings);
  const server = setupServer(http.post('https://proxy.example/dev/bedrock', () => HttpResponse.json(answer)));
  server.listen({ onUnhandledFrame: 'error' });
  onTestFinished(() => server.close());
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: 'A bad place.' });
});

test('a program that configures its own zod changes nothing', async () => {
  z.config({ customError: () => 'ours' });
  onTestFinished(() => void z.config({ customError: undefined }));
  const { client } = await scene(replying(200, { ...answer, text: 1 }));
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({
    issues: [{ path: 'text', message: 'expected string' }],
  });
});
