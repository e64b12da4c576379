import { expect, test, vi } from 'vitest';
import { isHappyDom } from '../../test/happy-dom.ts';
import {
  answer,
  beginStream,
  closedUrl,
  envelope,
  events,
  type Handler,
  reply,
  replying,
  serve,
  streaming,
} from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import { createBedrockClient } from '../client.ts';

const question = 'What is a dystopia?';

/** What each hook sees, in order. */
function recorder() {
  const seen: [string, object][] = [];
  const hook = (name: string) => (event: object) => {
    seen.push([name, event]);
  };
  const hooks = {
    onRequest: hook('request'),
    onResponse: hook('response'),
    onRetry: hook('retry'),
    onSuccess: hook('success'),
    onError: hook('error'),
  };
  return { hooks, seen };
}

const busyOnce: Handler = (response, attempt) =>
  attempt === 1
    ? reply(response, 429, envelope('rate_limited'), { 'retry-after': '2', 'x-request-id': 'request-0' })
    : reply(response, 200, answer, { 'x-request-id': 'request-1' });

test('hooks see every request, response and wait, and the answer', async () => {
  const { hooks, seen } = recorder();
  const { client, url } = await scene(busyOnce, { hooks });
  await client.ask('llama', question);
  const call = { operation: 'ask', model: 'llama', callId: expect.any(String) };
  const request = { ...call, method: 'POST', url: `${url}/bedrock` };
  expect(seen).toEqual([
    ['request', { ...request, attempt: 1 }],
    ['response', { ...call, attempt: 1, status: 429, requestId: 'request-0', durationMs: 0 }],
    [
      'retry',
      { ...call, attempt: 1, delayMs: 2000, error: expect.objectContaining({ code: 'rate_limited' }) },
    ],
    ['request', { ...request, attempt: 2 }],
    ['response', { ...call, attempt: 2, status: 200, requestId: 'request-1', durationMs: 0 }],
    [
      'success',
      {
        ...call,
        attempt: 2,
        requestId: answer.id,
        durationMs: 2000,
        usage: answer.usage,
        limits: [expect.objectContaining({ limit: 'requests' }), expect.objectContaining({ limit: 'usd' })],
      },
    ],
  ]);
});

test('they see the success of a stream when its answer is complete', async () => {
  const { hooks, seen } = recorder();
  const { client } = await scene(streaming(...events), { hooks });
  const { usage, requestId } = await client.stream('llama', 'Hi').final();
  expect(seen.at(-1)).toMatchObject(['success', { operation: 'stream', model: 'llama', usage, requestId }]);
});

test('they see the success of a list without a model or a usage', async () => {
  const { hooks, seen } = recorder();
  const { client } = await scene(replying(200, { models: [] }), { hooks });
  await client.models();
  expect(seen.at(-1)).toMatchObject([
    'success',
    { operation: 'models', model: undefined, usage: undefined, limits: undefined },
  ]);
});

test('the hook of errors gets the one that is thrown', async () => {
  const { hooks, seen } = recorder();
  const { client } = await scene(replying(401, envelope('unauthenticated')), { hooks });
  const error: unknown = await client.usage().catch((thrown) => thrown);
  expect(seen.at(-1)).toEqual([
    'error',
    {
      operation: 'usage',
      model: undefined,
      callId: expect.any(String),
      attempt: 1,
      error,
      durationMs: 0,
    },
  ]);
});

test.each<[string, Handler, string]>([
  ['a response that is not an answer', replying(200, '<html>'), 'invalid_response'],
  ['a stream that breaks off', streaming(events[0]), 'stream_interrupted'],
])('they see %s', async (_, handler, code) => {
  const { hooks, seen } = recorder();
  const { client } = await scene(handler, { hooks });
  const call = code === 'invalid_response' ? client.ask('llama', 'Hi') : client.stream('llama', 'Hi').final();
  await expect(call).rejects.toMatchObject({ code });
  expect(seen.filter(([name]) => name === 'error')).toMatchObject([['error', { error: { code } }]]);
});

test('they see nothing that fails after a stream is complete', async () => {
  const { hooks, seen } = recorder();
  const { client } = await scene(
    (response) => {
      beginStream(response, ...events);
      setImmediate(() => response.destroy());
    },
    { hooks },
  );
  await client.stream('llama', 'Hi').final();
  expect(seen.map(([name]) => name)).toEqual(['request', 'response', 'success']);
});

test('calls have ids of their own', async () => {
  const { hooks, seen } = recorder();
  const { url } = await serve(replying(200, answer));
  const client = createBedrockClient({ ...settings, baseUrl: url, hooks });
  await client.ask('llama', 'Hi');
  await client.ask('llama', 'Hi');
  expect(new Set(seen.map(([, event]) => 'callId' in event && event.callId)).size).toBe(2);
});

test('a hook that throws or rejects disturbs nothing', async () => {
  const { client } = await scene(busyOnce, {
    hooks: {
      onRequest: () => {
        throw new Error('Out of order.');
      },
      onResponse: async () => {
        throw new Error('Out of order.');
      },
      onRetry: () => new Promise(() => {}),
    },
  });
  expect(await client.ask('llama', 'Hi')).toMatchObject({ attempts: 2 });
});

test('a logger gets a line for each, which those of one call begin alike', async () => {
  const logger = { debug: vi.fn(), warn: vi.fn() };
  const { client, url } = await scene(busyOnce, { logger });
  await client.ask('llama', question);
  expect(logger.debug.mock.calls.flat()).toEqual([
    `[0] ask attempt 1: POST ${url}/bedrock`,
    '[0] ask attempt 1: HTTP 429 after 0 ms, request id request-0',
    `[0] ask attempt 2: POST ${url}/bedrock`,
    '[0] ask attempt 2: HTTP 200 after 0 ms, request id request-1',
    '[0] ask attempt 2: done after 2000 ms',
  ]);
  expect(logger.warn.mock.calls.flat()).toEqual(['[0] ask attempt 1: rate_limited; retrying in 2000 ms']);
});

test.skipIf(isHappyDom)('a logger gets a line for a call that failed', async () => {
  const logger = { debug: vi.fn(), warn: vi.fn() };
  const { client } = await scene(() => {}, { baseUrl: await closedUrl(), logger, maxRetries: 0 });
  await expect(client.models()).rejects.toThrow();
  expect(logger.warn.mock.calls.flat()).toEqual([
    expect.stringMatching(
      /^\[0\] models attempt 1: failed with connection_failed after 0 ms: Could not connect .* \(ECONNREFUSED\)/,
    ),
  ]);
});

test('they see that a reader leaves a stream, but the logger does not warn of it', async () => {
  const { hooks, seen } = recorder();
  const logger = { debug: vi.fn(), warn: vi.fn() };
  const { client } = await scene((response) => beginStream(response, events[0]), { hooks, logger });
  const stream = client.stream('llama', 'Hi');
  for await (const { type } of stream) {
    expect(type).toBe('start');
    break;
  }
  await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
  expect(seen.at(-1)).toMatchObject(['error', { operation: 'stream', error: { code: 'aborted' } }]);
  expect(logger.debug).toHaveBeenLastCalledWith(
    '[0] stream attempt 1: failed with aborted after 0 ms, request id request-1: The stream was left before its end. It may have been billed.',
  );
  expect(logger.warn).not.toHaveBeenCalled();
});

test.each<[string, object]>([
  ['hooks', { hooks: 'all' }],
  ['hooks.onRetry', { hooks: { onRetry: 1 } }],
  ['hooks.onResponce', { hooks: { onResponce: () => {} } }],
  ['logger', { logger: true }],
  ['logger', { logger: { log: () => {} } }],
])('%s of another kind is refused: %j', (field, options) => {
  const create = () => Reflect.apply(createBedrockClient, undefined, [{ ...settings, ...options }]);
  expect(create).toThrow(new RegExp(`^${field} (?:must (?:be|have)|is not a hook)`));
});
