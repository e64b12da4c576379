import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createBedrockClient, createClient } from './client.ts';
import { answer, envelope, reply, serve } from './loopback-server.ts';
import { manualRuntime } from './manual-runtime.ts';
import type { Fetch } from './options.ts';
import { systemRuntime } from './runtime.ts';

const apiKey = 'key';
const reason = new Error('The user left.');
const aborted = { name: 'AbortedError', code: 'aborted', cause: reason, retryable: false };

describe('the caller’s signal ends a call', () => {
  test('before anything is sent', async () => {
    const { url, calls } = await serve((response) => reply(response, 200, answer));
    const signal = AbortSignal.abort(reason);
    const asked = createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi', { signal });
    await expect(asked).rejects.toMatchObject({ ...aborted, attempts: 0 });
    expect(calls).toEqual([]);
  });

  test('while the key is awaited', async () => {
    const caller = new AbortController();
    const key = () => {
      caller.abort(reason);
      return new Promise<string>(() => {});
    };
    const asked = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey: key }).ask('llama', 'Hi', {
      signal: caller.signal,
    });
    await expect(asked).rejects.toMatchObject({ ...aborted, attempts: 0 });
  });

  test('while the response is awaited', async () => {
    const caller = new AbortController();
    const { url } = await serve(() => caller.abort(reason));
    const asked = createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi', { signal: caller.signal });
    await expect(asked).rejects.toMatchObject({ ...aborted, attempts: 1 });
  });

  test.each([200, 500])('while the body of a %d is awaited', async (status) => {
    const caller = new AbortController();
    const { url } = await serve((response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).write('{');
    });
    const fetch: Fetch = async (...request) => {
      const response = await globalThis.fetch(...request);
      setImmediate(() => caller.abort(reason));
      return response;
    };
    const asked = createBedrockClient({ baseUrl: url, apiKey, fetch }).ask('llama', 'Hi', {
      signal: caller.signal,
    });
    await expect(asked).rejects.toMatchObject({ ...aborted, attempts: 1 });
  });

  test('in the wait before the next attempt', async () => {
    const caller = new AbortController();
    const { url, calls } = await serve((response) =>
      reply(response, 429, envelope('rate_limited'), { 'retry-after': '30' }),
    );
    const { runtime } = manualRuntime();
    const client = createClient(
      { baseUrl: url, apiKey },
      {
        ...runtime,
        sleep: (ms, signal) => {
          setImmediate(() => caller.abort(reason));
          return systemRuntime.sleep(ms, signal);
        },
      },
    );
    const asked = client.ask('llama', 'Hi', { signal: caller.signal });
    await expect(asked).rejects.toMatchObject({ ...aborted, attempts: 1 });
    expect(calls).toHaveLength(1);
  });
});

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
  caller.abort(reason);
  expect(got.text).toBe('A bad place.');
});
