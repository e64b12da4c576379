import { expect, test } from 'vitest';
import { answer, envelope, reply, serve } from '../test/loopback-server.ts';
import { createBedrockClient } from './client.ts';
import { safely } from './safe-result.ts';

const client = (baseUrl: string) => createBedrockClient({ baseUrl, apiKey: 'key' });

test('an answer is a value', async () => {
  const { url } = await serve((response) => reply(response, 200, answer));
  expect(await client(url).safeAsk('llama', 'Hi')).toMatchObject({
    ok: true,
    value: { text: 'A bad place.' },
  });
});

test('an error is the one that ask throws', async () => {
  const { url } = await serve((response) => reply(response, 429, envelope('quota_exceeded')));
  const result = await client(url).safeAsk('llama', 'Hi');
  expect(result.ok).toBe(false);
  expect(result.error).toBeInstanceOf(Error);
  expect(result.error).toMatchObject({ name: 'QuotaExceededError', requestId: 'request-1' });
});

test('a wrong argument is an error too', async () => {
  const { safeAsk } = client('https://proxy.example');
  expect(await Reflect.apply(safeAsk, undefined, ['llama'])).toMatchObject({
    ok: false,
    error: { name: 'ConfigurationError', field: 'question' },
  });
  expect(await Reflect.apply(safeAsk, undefined, ['llama', 'Hi', null])).toMatchObject({ ok: false });
});

test('a mistake in the program is thrown', async () => {
  const mistake = new TypeError('x is not a function');
  await expect(safely(() => Promise.reject(mistake))).rejects.toBe(mistake);
});
