import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { gate } from '../../test/gate.ts';
import {
  answer,
  beginStream,
  envelope,
  events,
  reply,
  replying,
  streaming,
} from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import { scene, settings } from '../../test/scene.ts';
import type { StandardSchema } from '../answer/standard-schema.ts';
import type { BedrockClient } from '../bedrock-client.ts';
import { createClient } from '../client.ts';
import { systemRuntime } from './runtime.ts';

const apiKey = 'key';

/** Time that a test lets pass. */
function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

describe.each([200, 500])('a body of status %d that stalls', (status) => {
  const timeout = { name: 'TimeoutError', code: 'timeout', phase: 'body', retryable: false };
  const reason = new Error('The user left.');

  test.each<[string, object, (caller: AbortController) => void, object]>([
    ['timeoutMs', {}, () => vi.advanceTimersByTime(310_000), { ...timeout, limitMs: 310_000 }],
    [
      'deadlineMs',
      { timeoutMs: 1_000_000 },
      () => vi.advanceTimersByTime(900_000),
      { ...timeout, limitMs: 900_000, message: expect.stringContaining('(deadlineMs)') },
    ],
    ['a signal', {}, (caller) => caller.abort(reason), { name: 'AbortedError', cause: reason }],
  ])('is ended by %s, which says which request it was of', async (_, options, end, error) => {
    fakeTime();
    const caller = new AbortController();
    const hooks = { onResponse: () => void setImmediate(end, caller) };
    const { client, calls } = await scene(
      (response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'request-1' });
        response.write('{"id":');
      },
      { hooks },
    );
    const asked = client.ask('llama', 'Hi', { signal: caller.signal, ...options });
    await expect(asked).rejects.toMatchObject({ ...error, status, requestId: 'request-1', attempts: 1 });
    expect(calls).toHaveLength(1);
  });
});

test.each<[string, (client: BedrockClient, timeoutMs?: number) => Promise<unknown>, number, number]>([
  ['ask', (client, timeoutMs) => client.ask('llama', 'Hi', { timeoutMs }), 310_000, 900_000],
  ['stream', (client, timeoutMs) => client.stream('llama', 'Hi', { timeoutMs }).final(), 30_000, 900_000],
  ['models', (client, timeoutMs) => client.models({ timeoutMs }), 30_000, 90_000],
  ['usage', (client, timeoutMs) => client.usage({ timeoutMs }), 30_000, 90_000],
])('by default %s waits so long for its first byte, and so long in all', async (_, use, firstMs, allMs) => {
  fakeTime();
  const options = { ...settings, fetch: () => new Promise<never>(() => {}) };
  const client = createClient(options, manualRuntime().runtime);
  for (const [limitMs, timeoutMs] of [
    [firstMs, undefined],
    [allMs, 1_000_000],
  ] as const) {
    const failed = expect(use(client, timeoutMs)).rejects.toMatchObject({
      code: 'timeout',
      phase: 'response',
      limitMs,
      attempts: 1,
    });
    await vi.advanceTimersByTimeAsync(limitMs);
    await failed;
  }
});

test('a key that does not come is a timeout, and nothing is sent', async () => {
  const { client } = await scene(() => {}, { apiKey: () => new Promise(() => {}), timeoutMs: 20 });
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ code: 'timeout', phase: 'api_key', attempts: 0 });
  expect(error?.message).not.toContain('billed');
});

test('a wait before the next attempt that takes longer than it should is ended by the deadline', async () => {
  const { url } = await scene(replying(500, envelope('internal')));
  const client = createClient(
    { ...settings, baseUrl: url, deadlineMs: 300 },
    { ...manualRuntime().runtime, sleep: (_, signal) => systemRuntime.sleep(60_000, signal) },
  );
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ phase: 'retry_wait', attempts: 1 });
});

test('what ended an attempt is not said of the next', async () => {
  const caller = new AbortController();
  const { client } = await scene((response, attempt) => {
    if (attempt === 1) reply(response, 503, envelope('limits_unavailable'), { 'x-request-id': 'request-1' });
    else caller.abort();
  });
  await expect(client.ask('llama', 'Hi', { signal: caller.signal })).rejects.toMatchObject({
    name: 'AbortedError',
    attempts: 2,
    status: undefined,
    requestId: undefined,
  });
});

test('a list that takes too long is not said to be billed', async () => {
  const { client } = await scene(() => {}, { timeoutMs: 50 });
  await expect(client.usage()).rejects.toThrow(
    /^The call took longer than 50 ms \(timeoutMs\)\. Raise timeoutMs to wait longer\.$/,
  );
  expect((await client.safeAsk('llama', 'Hi')).error?.message).toMatch(
    /may have been billed\. Ask for less, or raise timeoutMs\.$/,
  );
});

test('a list whose connection breaks is retried, because it costs nothing', async () => {
  const { client } = await scene((response, attempt) =>
    attempt === 1 ? response.destroy() : reply(response, 200, { models: [] }),
  );
  expect(await client.models()).toMatchObject({ attempts: 2 });
});

test('of two reasons to end a call the first counts, wherever it waits', async () => {
  const caller = new AbortController();
  let keys = 0;
  const { client } = await scene(replying(429, envelope('rate_limited')), {
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
  });
  const stream = client.stream('llama', 'Hi', { signal: caller.signal });
  await expect(stream.final()).rejects.toMatchObject({
    message: 'The call was aborted by its signal.',
    cause: { message: 'mine' },
  });
});

test('a key function that fails on a retry says how often the request was sent', async () => {
  const source = vi.fn(() => apiKey);
  source.mockReturnValueOnce(apiKey).mockImplementation(() => {
    throw new Error('The vault is sealed.');
  });
  const { client } = await scene(replying(429, envelope('rate_limited')), { apiKey: source });
  await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({
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
  const { client } = await scene((response, attempt, call) => {
    const respond = call.path?.endsWith('/stream') ? streaming(...events) : replying(200, answer);
    respond(response, attempt, call);
  });
  const checked = { schema: never, outputSchema: { type: 'object' } };
  await expect(client.ask('llama', 'Hi', { ...checked, ...options() })).rejects.toMatchObject({ name });
  await expect(client.stream('llama', 'Hi', { ...checked, ...options() }).final()).rejects.toMatchObject({
    name,
  });
});

test('the check of an answer has longer than the attempt and the silences of a stream', async () => {
  fakeTime();
  const { client } = await scene(streaming(...events));
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
  expect(await client.stream('llama', 'Hi', options).final()).toMatchObject({ text: 'A bad place.' });
});

test('a connection that stays open after the answer is let go, whatever still comes', async () => {
  fakeTime();
  const closed = gate();
  const { client } = await scene((response) => {
    beginStream(response, ...events, ': still here\n\n');
    response.on('close', closed.open);
  });
  expect(await client.stream('llama', 'Hi').final()).toMatchObject({ text: 'A bad place.' });
  // The draining begins once the last event was taken.
  await new Promise(setImmediate);
  vi.advanceTimersByTime(1000);
  await closed.opened;
});
