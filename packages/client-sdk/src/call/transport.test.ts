import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { answer, closedUrl, envelope, type Handler, reply, serve } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { createBedrockClient, createClient } from '../client.ts';
import { isBedrockProxyError } from '../errors/errors.ts';
import type { AskOptions, BedrockClientOptions } from '../options/options.ts';
import { systemRuntime } from './runtime.ts';

const apiKey = 'key';

/** What a call that must fail fails with. */
async function failureOf(options: BedrockClientOptions, askOptions?: AskOptions) {
  const { runtime, waits } = manualRuntime();
  try {
    await createClient({ apiKey, ...options }, runtime).ask('llama', 'Hi', askOptions);
  } catch (error) {
    if (!isBedrockProxyError(error)) {
      throw error;
    }
    return { error, waits };
  }
  throw new Error('The call succeeded.');
}

async function failureFrom(handler: Handler, askOptions?: AskOptions) {
  const { url, calls } = await serve(handler);
  return { ...(await failureOf({ baseUrl: url }, askOptions)), calls };
}

test('a response of nothing is invalid', async () => {
  const { error } = await failureFrom((response) => response.writeHead(204).end());
  expect(error).toMatchObject({ name: 'InvalidResponseError', status: 204 });
});

test.each([
  undefined,
  null,
  'text',
  {},
  { status: 200 },
  { status: '200', text() {}, headers: new Headers() },
])('a custom fetch that does not return a Response is at fault: %j', async (returned) => {
  const fetch = vi.fn(async () => returned);
  const create = () =>
    Reflect.apply(createBedrockClient, undefined, [{ baseUrl: 'https://proxy.example', apiKey, fetch }]);
  await expect(create().ask('llama', 'Hi')).rejects.toMatchObject({
    name: 'ConfigurationError',
    field: 'fetch',
    attempts: 1,
  });
  expect(fetch).toHaveBeenCalledOnce();
});

test('a Response of another realm or a polyfill is accepted', async () => {
  const fetch = async () => ({
    ok: true,
    status: 200,
    headers: { get: () => null },
    text: async () => JSON.stringify(answer),
  });
  const client = Reflect.apply(createBedrockClient, undefined, [
    { baseUrl: 'https://proxy.example', apiKey, fetch },
  ]);
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: answer.text });
});

describe('a connection', () => {
  test('that is refused is retried, because nothing was sent', async () => {
    const { error, waits } = await failureOf({ baseUrl: await closedUrl() });
    expect(error).toMatchObject({
      name: 'ConnectionError',
      code: 'connection_failed',
      retryable: true,
      attempts: 3,
      cause: { code: 'ECONNREFUSED' },
    });
    expect(error.message).toContain('ECONNREFUSED');
    expect(waits).toEqual([250, 500]);
  });

  test('that breaks after the request was sent is not retried, because it may be billed', async () => {
    const { error, calls } = await failureFrom((response) => response.destroy());
    expect(error).toMatchObject({ code: 'connection_failed', retryable: false, attempts: 1 });
    expect(error.cause).toBeInstanceOf(Error);
    expect(calls).toHaveLength(1);
  });

  test('that breaks in the middle of an error leaves what its status says', async () => {
    const { error } = await failureFrom((response) => {
      response.writeHead(401, { 'content-length': 500 }).write('{');
      setImmediate(() => response.destroy());
    });
    expect(error).toMatchObject({ code: 'unauthenticated', status: 401 });
  });
});

test('a redirect that a web page may not look into, of status 0, is an invalid response', async () => {
  const fetch = async () => Response.error();
  const { error } = await failureOf({ baseUrl: 'https://proxy.example', fetch });
  expect(error).toMatchObject({ name: 'InvalidResponseError', status: undefined, attempts: 1 });
  expect(error.message).toContain('baseUrl');
  expect(error.message).not.toContain('HTTP');
});

describe('time runs out', () => {
  test('when an error stalls in the middle', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { url } = await serve((response) => response.writeHead(500).write('{'));
    const hooks = { onResponse: () => void setImmediate(() => vi.advanceTimersByTime(100)) };
    const { error } = await failureOf({ baseUrl: url, hooks, timeoutMs: 100 });
    expect(error).toMatchObject({ code: 'timeout', phase: 'body', attempts: 1 });
  });

  test('when the deadline comes before the limit of the attempt', async () => {
    const { error } = await failureFrom(() => {}, { deadlineMs: 100 });
    expect(error).toMatchObject({ code: 'timeout', phase: 'response', limitMs: 100 });
    expect(error.message).toContain('deadlineMs');
  });

  test('even if a custom fetch ignores the signal', async () => {
    const fetch = () => new Promise<Response>(() => {});
    const { error } = await failureOf({ baseUrl: 'https://proxy.example', fetch, timeoutMs: 20 });
    expect(error).toMatchObject({ code: 'timeout', phase: 'response' });
  });

  test('when the key does not come, and nothing is sent', async () => {
    const { error } = await failureOf({
      baseUrl: 'https://proxy.example',
      apiKey: () => new Promise(() => {}),
      timeoutMs: 20,
    });
    expect(error).toMatchObject({ code: 'timeout', phase: 'api_key', attempts: 0 });
    expect(error.message).not.toContain('billed');
  });

  test('in a wait before the next attempt that takes longer than it should', async () => {
    const { url } = await serve((response) => reply(response, 500, envelope('internal')));
    const { runtime } = manualRuntime();
    const client = createClient(
      { baseUrl: url, apiKey, deadlineMs: 300 },
      { ...runtime, sleep: (_, signal) => systemRuntime.sleep(60_000, signal) },
    );
    await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ phase: 'retry_wait', attempts: 1 });
  });

  test('on the side of the server', async () => {
    const { error, calls } = await failureFrom((response) =>
      reply(response, 504, envelope('model_timeout'), { 'x-should-retry': 'false' }),
    );
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'model_timeout', phase: undefined });
    expect(calls).toHaveLength(1);
  });
});

test('no timer outlives its call, which would keep a process from ending', async () => {
  const { url } = await serve((response) => reply(response, 200, answer));
  const set = vi.spyOn(globalThis, 'setTimeout');
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  await createBedrockClient({ baseUrl: url, apiKey, timeoutMs: 1e9, deadlineMs: 1e9 }).ask('llama', 'Hi');
  const timers = set.mock.results.filter((_, index) => set.mock.calls[index]?.[1] === 1e9);
  expect(timers).toHaveLength(2);
  for (const { value } of timers) {
    expect(cleared).toHaveBeenCalledWith(value);
  }
});
