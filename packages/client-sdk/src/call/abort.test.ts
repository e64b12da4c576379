import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { answer, envelope, reply, serve } from '../../test/loopback-server.ts';
import { createBedrockClient } from '../client.ts';

const apiKey = 'key';

test('a signal that times out is an abort by the caller, whose reason says why', async () => {
  const { url } = await serve(() => {});
  const asked = createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi', {
    signal: AbortSignal.timeout(20),
  });
  await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: { name: 'TimeoutError' } });
});

test('an abort without a reason has the standard one', async () => {
  const asked = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey }).ask('llama', 'Hi', {
    signal: AbortSignal.abort(),
  });
  await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: { name: 'AbortError' } });
});

test('calls that share a signal leave nothing on it, however they end', async () => {
  const { url } = await serve((response, attempt) =>
    attempt % 2 === 0 ? reply(response, 200, answer) : reply(response, 401, envelope('unauthenticated')),
  );
  const caller = new AbortController();
  const client = createBedrockClient({ baseUrl: url, apiKey });
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  const asks = Array.from({ length: 20 }, () => client.ask('llama', 'Hi', { signal: caller.signal }));
  await Promise.allSettled(asks);
  process.off('warning', warn);
  expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  expect(warnings).toEqual([]);
});

test('a call on a signal that is aborted later is not disturbed', async () => {
  const { url } = await serve((response) => reply(response, 200, answer));
  const caller = new AbortController();
  const got = await createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi', {
    signal: caller.signal,
  });
  caller.abort();
  expect(got.text).toBe('A bad place.');
});
