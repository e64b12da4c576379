import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { answer, beginStream, envelope, events, reply, serve } from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import type { StandardSchema } from '../answer/standard-schema.ts';
import type { BedrockClient } from '../bedrock-client.ts';
import { createBedrockClient, createClient } from '../client.ts';

const apiKey = 'key';
const identified = { status: 200, requestId: 'request-1' };
const requestId = { 'x-request-id': 'request-1' };

/** Time that a test lets pass. */
function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

test.each<[string, object, (caller: AbortController) => void, object]>([
  ['timeoutMs', {}, () => vi.advanceTimersByTime(310_000), { name: 'TimeoutError', phase: 'body' }],
  [
    'deadlineMs',
    { timeoutMs: 1_000_000 },
    () => vi.advanceTimersByTime(900_000),
    { name: 'TimeoutError', phase: 'body' },
  ],
  ['a signal', {}, (caller) => caller.abort(), { name: 'AbortedError' }],
])('a body that %s ends says which request it was of', async (_, options, end, error) => {
  fakeTime();
  const { url } = await serve((response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...requestId });
    response.write('{"id":');
  });
  const caller = new AbortController();
  const hooks = { onResponse: () => void setImmediate(end, caller) };
  const client = createBedrockClient({ baseUrl: url, apiKey, hooks });
  const asked = client.ask('llama', 'Hi', { signal: caller.signal, ...options });
  await expect(asked).rejects.toMatchObject({ ...error, ...identified });
});

describe('by default', () => {
  /** A client whose every call is answered like this, so many milliseconds after it was sent. */
  function answering(after: number, respond: () => Response) {
    fakeTime();
    const fetch = () => new Promise<Response>((resolve) => setTimeout(() => resolve(respond()), after));
    return createClient({ baseUrl: 'https://proxy.example', apiKey, fetch }, manualRuntime().runtime);
  }

  test('an answer that takes a minute is waited for', async () => {
    const asked = answering(60_000, () => Response.json(answer)).ask('llama', 'Hi');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await asked).toMatchObject({ text: 'A bad place.', attempts: 1 });
  });

  test('the proxy gives up first, after five minutes, and says so', async () => {
    const refused = () => Response.json(envelope('model_timeout'), { status: 504 });
    const result = answering(300_000, refused).safeAsk('llama', 'Hi');
    await vi.advanceTimersByTimeAsync(300_000);
    expect(await result).toMatchObject({
      error: { name: 'TimeoutError', code: 'model_timeout', status: 504, phase: undefined, attempts: 1 },
    });
  });

  test.each<[string, number, (client: BedrockClient) => Promise<unknown>]>([
    ['ask', 310_000, (client) => client.ask('llama', 'Hi')],
    ['stream', 30_000, (client) => client.stream('llama', 'Hi').final()],
    ['models', 30_000, (client) => client.models()],
    ['usage', 30_000, (client) => client.usage()],
  ])('%s waits for the first byte for %d ms', async (_, limitMs, use) => {
    const outcome = use(answering(1_000_000, Response.error)).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(limitMs);
    expect(await outcome).toMatchObject({ code: 'timeout', phase: 'response', limitMs, attempts: 1 });
  });

  test.each<[string, number, (client: BedrockClient) => Promise<unknown>]>([
    ['ask', 900_000, (client) => client.ask('llama', 'Hi', { timeoutMs: 1_000_000 })],
    ['stream', 900_000, (client) => client.stream('llama', 'Hi', { timeoutMs: 1_000_000 }).final()],
    ['models', 90_000, (client) => client.models({ timeoutMs: 1_000_000 })],
    ['usage', 90_000, (client) => client.usage({ timeoutMs: 1_000_000 })],
  ])('%s takes at most %d ms in all', async (_, limitMs, use) => {
    const outcome = use(answering(1_000_000, Response.error)).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(limitMs);
    expect(await outcome).toMatchObject({ code: 'timeout', limitMs });
  });
});

test('a body that breaks off says which request it was of', async () => {
  const { url } = await serve((response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...requestId });
    response.write('{"id":', () => response.destroy());
  });
  const asked = createBedrockClient({ baseUrl: url, apiKey }).ask('llama', 'Hi');
  await expect(asked).rejects.toMatchObject({ name: 'ConnectionError', ...identified });
});

test('a stream that falls silent, or is ended, says which request it was of', async () => {
  const { url } = await serve((response) => beginStream(response, events[0]));
  const client = createBedrockClient({ baseUrl: url, apiKey });
  await expect(client.stream('llama', 'Hi', { idleTimeoutMs: 50 }).final()).rejects.toMatchObject({
    name: 'TimeoutError',
    ...identified,
  });
  const stream = client.stream('llama', 'Hi');
  await stream[Symbol.asyncIterator]().next();
  stream.abort();
  await expect(stream.final()).rejects.toMatchObject({ name: 'AbortedError', ...identified });
});

test('what ended an attempt is not said of the next', async () => {
  const caller = new AbortController();
  const { url } = await serve((response, attempt) => {
    if (attempt === 1) reply(response, 503, envelope('limits_unavailable'), requestId);
    else caller.abort();
  });
  const client = createClient({ baseUrl: url, apiKey }, manualRuntime().runtime);
  await expect(client.ask('llama', 'Hi', { signal: caller.signal })).rejects.toMatchObject({
    name: 'AbortedError',
    attempts: 2,
    status: undefined,
    requestId: undefined,
  });
});

test('a list that takes too long is not said to be billed', async () => {
  const { url } = await serve(() => {});
  const client = createBedrockClient({ baseUrl: url, apiKey, timeoutMs: 50 });
  await expect(client.usage()).rejects.toThrow(/^The call took longer than 50 ms \(timeoutMs\)\.$/);
  expect((await client.safeAsk('llama', 'Hi')).error?.message).toContain('may have been billed');
});

test('a list whose connection breaks is retried, because it costs nothing', async () => {
  const { url } = await serve((response, attempt) =>
    attempt === 1 ? response.destroy() : reply(response, 200, { models: [] }),
  );
  const { runtime } = manualRuntime();
  expect(await createClient({ baseUrl: url, apiKey }, runtime).models()).toMatchObject({ attempts: 2 });
});

test('of two reasons to end a call the first counts, wherever it waits', async () => {
  const { url } = await serve((response) => reply(response, 429, envelope('rate_limited')));
  const caller = new AbortController();
  let keys = 0;
  const client = createClient(
    {
      baseUrl: url,
      // The second key never comes.
      apiKey: () => {
        keys += 1;
        if (keys === 2) setImmediate(() => caller.abort(new Error('mine')));
        return keys === 1 ? apiKey : new Promise(() => {});
      },
      fetch: (to, init) => {
        init.signal.addEventListener('abort', () => stream.abort());
        return fetch(to, init);
      },
    },
    manualRuntime().runtime,
  );
  const stream = client.stream('llama', 'Hi', { signal: caller.signal });
  await expect(stream.final()).rejects.toMatchObject({
    message: 'The call was aborted by its signal.',
    cause: { message: 'mine' },
  });
});

test('the message names a reason that has a name', async () => {
  const asked = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey }).ask('llama', 'Hi', {
    signal: AbortSignal.abort(new DOMException('Too slow.', 'TimeoutError')),
  });
  await expect(asked).rejects.toThrow('The call was aborted by its signal (TimeoutError).');
});

test('a key function that fails on a retry says how often the request was sent', async () => {
  const { url } = await serve((response) => reply(response, 429, envelope('rate_limited')));
  const source = vi.fn(() => apiKey).mockReturnValueOnce(apiKey);
  source.mockImplementation(() => {
    if (source.mock.calls.length > 1) throw new Error('The vault is sealed.');
    return apiKey;
  });
  const { runtime } = manualRuntime();
  await expect(
    createClient({ baseUrl: url, apiKey: source }, runtime).ask('llama', 'Hi'),
  ).rejects.toMatchObject({
    code: 'invalid_configuration',
    attempts: 1,
  });
});

const never: StandardSchema<unknown> = {
  '~standard': { version: 1, vendor: 'test', validate: () => new Promise(() => {}) },
};

test.each([
  ['a signal', () => ({ signal: AbortSignal.timeout(50) }), 'AbortedError'],
  ['the deadline', () => ({ deadlineMs: 100 }), 'TimeoutError'],
])('%s ends the check of an answer, too', async (_, options, name) => {
  const { url } = await serve((response, __, { path }) => {
    if (path?.endsWith('/stream')) {
      beginStream(response, ...events);
      response.end();
    } else reply(response, 200, { ...answer, output: {} });
  });
  const client = createBedrockClient({ baseUrl: url, apiKey });
  const checked = { schema: never, outputSchema: { type: 'object' } };
  await expect(client.ask('llama', 'Hi', { ...checked, ...options() })).rejects.toMatchObject({ name });
  await expect(client.stream('llama', 'Hi', { ...checked, ...options() }).final()).rejects.toMatchObject({
    name,
  });
});

test('the check of an answer has longer than the attempt and the silences of a stream', async () => {
  fakeTime();
  const { url } = await serve((response) => {
    beginStream(response, ...events);
    response.end();
  });
  const slow: StandardSchema<unknown> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) => {
        vi.advanceTimersByTime(60_000);
        return { value };
      },
    },
  };
  const options = { schema: slow, outputSchema: { type: 'object' } };
  const stream = createBedrockClient({ baseUrl: url, apiKey }).stream('llama', 'Hi', options);
  expect(await stream.final()).toMatchObject({ text: 'A bad place.' });
});

test('a connection that stays open after the answer is let go, whatever still comes', async () => {
  fakeTime();
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const { url } = await serve((response) => {
    beginStream(response, ...events);
    response.write(': still here\n\n');
    response.on('close', close);
  });
  const client = createBedrockClient({ baseUrl: url, apiKey });
  expect(await client.stream('llama', 'Hi').final()).toMatchObject({ text: 'A bad place.' });
  // The draining begins once the last event was taken.
  await new Promise(setImmediate);
  vi.advanceTimersByTime(1000);
  await closed;
});
