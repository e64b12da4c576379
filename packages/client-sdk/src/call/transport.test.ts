import { Readable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isHappyDom } from '../../test/happy-dom.ts';
import { answer, closedUrl, endless, type Handler, replying, serve } from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import { createBedrockClient } from '../client.ts';

test.each<[string, Handler, object]>([
  ['nothing', (response) => response.writeHead(204).end(), { status: 204 }],
  [
    'HTML',
    replying(200, '<html>Welcome</html>', { 'content-type': 'text/html; charset=utf-8' }),
    { status: 200, contentType: 'text/html' },
  ],
  ['truncated JSON', replying(200, JSON.stringify(answer).slice(0, 40)), { status: 200 }],
])('a response of %s is invalid, and its text is not shown', async (_, handler, facts) => {
  const { client, calls } = await scene(handler);
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ name: 'InvalidResponseError', issues: [], attempts: 1, ...facts });
  expect(error?.message).not.toContain('<');
  expect(calls).toHaveLength(1);
});

test.each([200, 404, 429, 500])(
  'a body of %d that does not end is not read to the end of memory',
  async (status) => {
    const { client, calls } = await scene(endless(status, 'application/json', ' '));
    const { error } = await client.safeAsk('llama', 'Hi');
    expect(error).toMatchObject({
      name: 'InvalidResponseError',
      status,
      attempts: 1,
      retryable: false,
      issues: [{ path: '', message: 'expected at most 10 MB' }],
    });
    expect(calls).toHaveLength(1);
  },
);

test('a body of another kind, as of node-fetch, is read whole', async () => {
  const { client } = await scene(() => {}, {
    fetch: async () => Object.defineProperty(Response.json(answer), 'body', { value: Readable.from([]) }),
  });
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: answer.text });
});

test.each<[string, (response: Response) => unknown]>([
  ['has read', (response) => response.text()],
  ['is reading', (response) => response.body?.getReader()],
])('a custom fetch that %s the body itself is at fault', async (_, use) => {
  const fetch = async () => {
    const response = Response.json(answer);
    await use(response);
    return response;
  };
  const { client } = await scene(() => {}, { fetch });
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ name: 'ConfigurationError', field: 'fetch', attempts: 1 });
  await expect(client.stream('llama', 'Hi').final()).rejects.toMatchObject({ name: 'ConfigurationError' });
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
  const create = () => Reflect.apply(createBedrockClient, undefined, [{ ...settings, fetch }]);
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
  const client = Reflect.apply(createBedrockClient, undefined, [{ ...settings, fetch }]);
  expect(await client.ask('llama', 'Hi')).toMatchObject({ text: answer.text });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect of %d is not followed, so the key stays here',
  async (status) => {
    const elsewhere = await serve(replying(200, answer));
    const { client, calls } = await scene((response) =>
      response.writeHead(status, { location: elsewhere.url, 'x-should-retry': 'true' }).end(),
    );
    const { error } = await client.safeAsk('llama', 'Hi');
    expect(error).toMatchObject({ name: 'InvalidResponseError', status, retryable: false, attempts: 1 });
    expect(error?.message).toContain(`HTTP ${status}`);
    expect(error?.message).toContain('baseUrl');
    expect(error?.message).not.toContain('billed');
    expect(calls).toHaveLength(1);
    expect(elsewhere.calls).toEqual([]);
  },
);

test('a redirect that a web page may not look into, of status 0, is an invalid response', async () => {
  const { client } = await scene(() => {}, { fetch: async () => Response.error() });
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ name: 'InvalidResponseError', status: undefined, attempts: 1 });
  expect(error?.message).toContain('baseUrl');
  expect(error?.message).not.toContain('HTTP');
});

test.skipIf(isHappyDom)('a connection that is refused is tried again, because nothing was sent', async () => {
  const { client, waits } = await scene(() => {}, { baseUrl: await closedUrl() });
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({
    name: 'ConnectionError',
    code: 'connection_failed',
    message: expect.stringContaining('ECONNREFUSED'),
    retryable: true,
    attempts: 3,
    cause: { code: 'ECONNREFUSED' },
  });
  expect(waits).toEqual([250, 500]);
});

test.each<[string, Handler, object]>([
  ['before the response', (response) => response.destroy(), { status: undefined }],
  [
    'in the middle of the answer',
    (response) => {
      response.writeHead(200, { 'content-length': 500, 'x-request-id': 'request-1' });
      response.write('{"id":', () => response.destroy());
    },
    { status: 200, requestId: 'request-1' },
  ],
])('a connection that breaks %s is not tried again, because it may be billed', async (_, handler, facts) => {
  const { client, calls } = await scene(handler);
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ code: 'connection_failed', retryable: false, attempts: 1, ...facts });
  expect(error?.cause).toBeInstanceOf(Error);
  expect(calls).toHaveLength(1);
});

test.each([
  [429, 'rate_limited'],
  [503, 'internal'],
  // Only its body would have said which: a model or a route that there is not.
  [404, 'connection_failed'],
])('of an error of %d that breaks off in its middle, what its status says is left', async (status, code) => {
  const { client } = await scene(
    (response) => {
      response.writeHead(status, { 'content-length': 100 }).write('{"error":');
      setImmediate(() => response.destroy());
    },
    { maxRetries: 0 },
  );
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ code, status });
});

test('no timer outlives its call, which would keep a process from ending', async () => {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const { client } = await scene(replying(200, answer), { timeoutMs: 1e9, deadlineMs: 1e9 });
  await client.ask('llama', 'Hi');
  const timers = set.mock.results.filter((_, index) => set.mock.calls[index]?.[1] === 1e9);
  expect(timers).toHaveLength(2);
  for (const { value } of timers) {
    expect(cleared).toHaveBeenCalledWith(value);
  }
});
