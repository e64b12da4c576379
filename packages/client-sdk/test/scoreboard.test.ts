import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BedrockClient } from '../src/bedrock-client.ts';
import { systemRuntime } from '../src/call/runtime.ts';
import { createClient } from '../src/client.ts';
import { isBedrockProxyError } from '../src/errors/errors.ts';
import type { Fetch } from '../src/http/fetch.ts';
import type { BedrockClientOptions, RequestOptions } from '../src/options/options.ts';
import { gate } from './gate.ts';
import {
  answer,
  beginStream,
  envelope,
  events,
  type Handler,
  reply,
  sent,
  serve,
} from './loopback-server.ts';
import { manualRuntime } from './manual-runtime.ts';

/**
 * What a server may do to a client, and what this one makes of it: row by row what the comparison with other clients
 * asks of each, over a real server. Every failure has to be an error of this package, and only those rows may wait
 * that say so.
 */

const apiKey = 'key';
const [start, first, second, done] = events;

type Use = (client: BedrockClient, options?: RequestOptions) => Promise<unknown>;
const ask: Use = (client, options) => client.ask('llama', 'Hi', options);
const stream: Use = (client, options) => client.stream('llama', 'Hi', options).final();

/** A server, and a client of it that fails the test where it waits before another attempt. */
async function scene(handler: Handler, options: BedrockClientOptions = {}) {
  const { url, calls } = await serve(handler);
  const { runtime } = manualRuntime();
  const sleep = () => {
    throw new Error('The client waited.');
  };
  const client = createClient({ baseUrl: url, apiKey, ...options }, { ...runtime, sleep });
  return { client, calls };
}

/** What a call fails with, which is one of our errors. */
async function errorOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => new Error('The call succeeded.'),
    (thrown) => thrown,
  );
  if (!isBedrockProxyError(error)) throw error;
  return error;
}

async function failureFrom(handler: Handler, use: Use = ask, options?: RequestOptions) {
  const { client, calls } = await scene(handler);
  return { error: await errorOf(use(client, options)), calls };
}

/** Begins an answer that is said to be longer. */
function beginAnswer(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
  response.write('{"id":');
}

test.each<[string, Use]>([
  ['ask', ask],
  ['stream', stream],
])('a quota with a hint of 12 hours: one request, no wait, and when it resets (%s)', async (_, use) => {
  const details = { limit: 'requests', period: 'day', scope: 'team', max: 5, used: 5 };
  const { error, calls } = await failureFrom((response) => {
    const body = envelope('quota_exceeded', { ...details, resetsAt: '2026-11-22T12:00:00Z' });
    reply(response, 429, body, { 'retry-after': '43200' });
  }, use);
  expect(error).toMatchObject({
    name: 'QuotaExceededError',
    ...details,
    resetsAt: new Date('2026-11-22T12:00:00Z'),
    retryAfterMs: 43_200_000,
    attempts: 1,
  });
  expect(calls).toHaveLength(1);
});

test.each<[string, Use]>([
  ['ask', ask],
  ['stream', stream],
])('HTML with status 200: an invalid response, whose text is not shown (%s)', async (_, use) => {
  const { error, calls } = await failureFrom(
    (response) =>
      reply(response, 200, '<html>Welcome</html>', { 'content-type': 'text/html; charset=utf-8' }),
    use,
  );
  expect(error).toMatchObject({
    name: 'InvalidResponseError',
    code: 'invalid_response',
    status: 200,
    contentType: 'text/html',
    issues: [],
    attempts: 1,
  });
  expect(error.message).not.toContain('<');
  expect(calls).toHaveLength(1);
});

test('an answer of another shape: an invalid response that says where', async () => {
  const { error } = await failureFrom((response) =>
    reply(response, 200, { ...answer, text: 1, usage: {} }, { 'x-request-id': 'request-7' }),
  );
  expect(error).toMatchObject({
    name: 'InvalidResponseError',
    requestId: 'request-7',
    issues: [{ path: 'text', message: 'expected string' }],
  });
});

test('truncated JSON: an invalid response', async () => {
  const { error } = await failureFrom((response) =>
    reply(response, 200, JSON.stringify(answer).slice(0, 40)),
  );
  expect(error).toMatchObject({ name: 'InvalidResponseError', issues: [] });
});

test('a cut body: a connection error with its cause, sent once, because it may be billed', async () => {
  const { error, calls } = await failureFrom((response) => {
    beginAnswer(response);
    setImmediate(() => response.destroy());
  });
  expect(error).toMatchObject({ name: 'ConnectionError', retryable: false, attempts: 1 });
  expect(error.cause).toBeInstanceOf(Error);
  expect(calls).toHaveLength(1);
});

describe('time', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const timeout = { name: 'TimeoutError', code: 'timeout', limitMs: 310_000, retryable: false, attempts: 1 };

  test('a slow first byte: a timeout, sent once, because the model may have answered', async () => {
    const received = gate();
    const { client, calls } = await scene(received.open);
    const failed = errorOf(client.ask('llama', 'Hi'));
    await received.opened;
    vi.advanceTimersByTime(310_000);
    expect(await failed).toMatchObject({ ...timeout, phase: 'response' });
    expect(calls).toHaveLength(1);
  });

  test('a stalled body: a timeout, because one limit covers the whole attempt', async () => {
    const begun = gate();
    const { client, calls } = await scene(beginAnswer, { hooks: { onResponse: begun.open } });
    const failed = errorOf(client.ask('llama', 'Hi'));
    await begun.opened;
    vi.advanceTimersByTime(310_000);
    expect(await failed).toMatchObject({ ...timeout, phase: 'body' });
    expect(calls).toHaveLength(1);
  });
});

describe('a truncated stream: interrupted, and never an answer', () => {
  const interrupted = {
    name: 'StreamInterruptedError',
    code: 'stream_interrupted',
    status: 200,
    retryable: false,
    attempts: 1,
    requestId: 'request-1',
    textReceived: true,
  };

  test.each<[string, Handler, boolean]>([
    [
      'that ends before its last event',
      (response) => {
        beginStream(response, start, first);
        response.end();
      },
      false,
    ],
    [
      'that ends within its last event',
      (response) => {
        beginStream(response, start, first, second);
        response.end(sent(done).slice(0, 60));
      },
      false,
    ],
    [
      'whose connection is reset',
      (response) => {
        beginStream(response, start, first);
        setImmediate(() => response.destroy());
      },
      true,
    ],
  ])('%s', async (_, handler, hasCause) => {
    const { error, calls } = await failureFrom(handler, stream);
    expect(error).toMatchObject(interrupted);
    expect(error.cause instanceof Error).toBe(hasCause);
    expect(calls).toHaveLength(1);
  });
});

test.each([301, 302, 303, 307, 308])('a redirect of %d: not followed, so the key stays', async (status) => {
  const elsewhere = await serve((response) => reply(response, 200, answer));
  const { error, calls } = await failureFrom((response) =>
    response.writeHead(status, { location: elsewhere.url, 'x-should-retry': 'true' }).end(),
  );
  expect(error).toMatchObject({ name: 'InvalidResponseError', status, retryable: false, attempts: 1 });
  expect(error.message).toContain(`HTTP ${status}`);
  expect(error.message).toContain('baseUrl');
  expect(error.message).not.toContain('billed');
  expect(calls).toHaveLength(1);
  expect(elsewhere.calls).toEqual([]);
});

test.each([
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '0.25' }, 250],
  [{ 'retry-after-ms': '70' }, 70],
  [{ 'retry-after': 'Sun, 22 Nov 2026 00:00:03 GMT' }, 3000],
])('a hint of %j: waited for in full', async (headers, ms) => {
  const { url } = await serve((response, attempt) =>
    attempt === 1 ? reply(response, 429, envelope('rate_limited'), headers) : reply(response, 200, answer),
  );
  const { runtime, waits } = manualRuntime();
  const { attempts } = await createClient({ baseUrl: url, apiKey }, runtime).ask('llama', 'Hi');
  expect([attempts, waits]).toEqual([2, [ms]]);
});

test.each([
  ['longer than a minute', '61', undefined],
  ['past the deadline', '10', 5000],
])('a hint %s: no wait, and an error that carries it', async (_, seconds, deadlineMs) => {
  const { error, calls } = await failureFrom(
    (response) => reply(response, 429, envelope('rate_limited'), { 'retry-after': seconds }),
    ask,
    { deadlineMs },
  );
  expect(error).toMatchObject({
    name: 'RateLimitedError',
    retryAfterMs: Number(seconds) * 1000,
    attempts: 1,
  });
  expect(calls).toHaveLength(1);
});

test('an error body of 1 MB of HTML: a short message without it', async () => {
  const page = `<html>${'<p>Bad gateway</p>'.repeat(60_000)}`;
  const { error, calls } = await failureFrom((response) =>
    reply(response, 502, page, { 'content-type': 'text/html' }),
  );
  expect(page.length).toBeGreaterThan(1_000_000);
  expect(error).toMatchObject({ name: 'ServerError', code: 'internal', status: 502, attempts: 1 });
  expect(JSON.stringify(error).length).toBeLessThan(400);
  expect(error.message).not.toMatch(/<|Bad gateway/);
  expect(calls).toHaveLength(1);
});

test('an envelope with a message of 1 MB: the error of its code', async () => {
  const body = envelope('unknown_model');
  const { error } = await failureFrom((response) =>
    reply(response, 404, { ...body, error: { ...body.error, message: 'No. '.repeat(250_000) } }),
  );
  expect(error).toMatchObject({ name: 'UnknownModelError', code: 'unknown_model' });
});

describe('an abort: AbortedError with the reason of the signal, at every stage', () => {
  const reason = new Error('The user left.');
  const aborted = { name: 'AbortedError', code: 'aborted', cause: reason, retryable: false };

  test('before anything is sent', async () => {
    const { error, calls } = await failureFrom((response) => reply(response, 200, answer), ask, {
      signal: AbortSignal.abort(reason),
    });
    expect(error).toMatchObject({ ...aborted, attempts: 0 });
    expect(calls).toEqual([]);
  });

  test('while the key is awaited', async () => {
    const caller = new AbortController();
    const key = () => {
      caller.abort(reason);
      return new Promise<string>(() => {});
    };
    const { client, calls } = await scene((response) => reply(response, 200, answer), { apiKey: key });
    const error = await errorOf(client.ask('llama', 'Hi', { signal: caller.signal }));
    expect(error).toMatchObject({ ...aborted, attempts: 0 });
    expect(calls).toEqual([]);
  });

  test('while the response is awaited', async () => {
    const caller = new AbortController();
    const { error } = await failureFrom(() => caller.abort(reason), ask, { signal: caller.signal });
    expect(error).toMatchObject({ ...aborted, attempts: 1 });
  });

  test.each([200, 500])('while the body of a %d is awaited', async (status) => {
    const caller = new AbortController();
    const fetch: Fetch = async (...request) => {
      const response = await globalThis.fetch(...request);
      setImmediate(() => caller.abort(reason));
      return response;
    };
    const { client } = await scene(
      (response) => response.writeHead(status, { 'content-type': 'application/json' }).write('{'),
      { fetch },
    );
    const error = await errorOf(client.ask('llama', 'Hi', { signal: caller.signal }));
    expect(error).toMatchObject({ ...aborted, attempts: 1 });
  });

  test.each<[string, Use]>([
    ['ask', ask],
    ['stream', stream],
  ])('in the wait before the next attempt (%s)', async (_, use) => {
    const caller = new AbortController();
    const { url, calls } = await serve((response) =>
      reply(response, 429, envelope('rate_limited'), { 'retry-after': '30' }),
    );
    const { runtime } = manualRuntime();
    const sleep = (ms: number, signal: AbortSignal) => {
      setImmediate(() => caller.abort(reason));
      return systemRuntime.sleep(ms, signal);
    };
    const client = createClient({ baseUrl: url, apiKey }, { ...runtime, sleep });
    const error = await errorOf(use(client, { signal: caller.signal }));
    expect(error).toMatchObject({ ...aborted, attempts: 1 });
    expect(calls).toHaveLength(1);
  });

  test('in the middle of a stream, whose request it ends', async () => {
    const caller = new AbortController();
    const closed = gate();
    const { client } = await scene((response) => {
      beginStream(response, start, first);
      response.once('close', closed.open);
    });
    const reading = client.stream('llama', 'Hi', { signal: caller.signal })[Symbol.asyncIterator]();
    await reading.next();
    await reading.next();
    const next = reading.next();
    caller.abort(reason);
    expect(await errorOf(next)).toMatchObject({ ...aborted, attempts: 1 });
    await closed.opened;
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
  });
});
