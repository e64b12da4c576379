import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { controlledResponse } from '../../test/controlled-response.ts';
import { gate } from '../../test/gate.ts';
import {
  answer,
  beginStream,
  envelope,
  events,
  type Handler,
  limits,
  reply,
  sent,
  serve,
} from '../../test/loopback-server.ts';
import { manualRuntime } from '../../test/manual-runtime.ts';
import type { StreamEvent } from '../answer/stream-event.ts';
import { systemRuntime } from '../call/runtime.ts';
import { createBedrockClient, createClient } from '../client.ts';
import { isBedrockProxyError } from '../errors/errors.ts';
import type { StreamOptions } from '../options/options.ts';
import type { AnswerStream } from './answer-stream.ts';

const apiKey = 'key';
const question = 'What is a dystopia?';
const [start, first, second, done] = events;
const readLimits = limits.map((limit) => ({ ...limit, resetsAt: new Date(limit.resetsAt) }));
const whole = { ...answer, limits: readLimits, requestId: 'request-1', attempts: 1 };

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A stream from a server, which need not wait before it is sent again. */
async function scene(handler: Handler, options?: StreamOptions) {
  const server = await serve(handler);
  const { runtime, waits } = manualRuntime();
  const client = createClient({ baseUrl: server.url, apiKey }, runtime);
  return { stream: client.stream('llama', question, options), calls: server.calls, waits };
}

/** A stream whose response the test writes. */
function controlled(options?: StreamOptions) {
  const { fetch, ...response } = controlledResponse();
  const client = createBedrockClient({ baseUrl: 'https://proxy.example/dev', apiKey, fetch });
  return { stream: client.stream('llama', question, options), ...response };
}

const wholeStream: Handler = (response) => {
  beginStream(response, ...events);
  response.end();
};

/** What reading a stream yields, and what it fails with. */
async function readOut(stream: AnswerStream) {
  const read: StreamEvent[] = [];
  try {
    for await (const event of stream) read.push(event);
  } catch (error) {
    if (!isBedrockProxyError(error)) throw error;
    return { read, error };
  }
  return { read, error: undefined };
}

async function textOf(stream: AnswerStream): Promise<string[]> {
  const pieces: string[] = [];
  for await (const text of stream.textStream()) pieces.push(text);
  return pieces;
}

describe('a stream', () => {
  test('yields its events and ends', async () => {
    const { stream, calls } = await scene(wholeStream);
    expect(await readOut(stream)).toEqual({ read: [start, first, second, { ...done, limits: readLimits }] });
    expect(calls).toMatchObject([
      { method: 'POST', path: '/dev/bedrock/stream', headers: { accept: 'text/event-stream' } },
    ]);
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ model: 'llama', question });
  });

  test('yields its text alone', async () => {
    const { stream } = await scene(wholeStream);
    expect(await textOf(stream)).toEqual(['A bad ', 'place.']);
  });

  test('gives the whole answer, as ask does', async () => {
    const { stream } = await scene(wholeStream);
    expect(await stream.final()).toEqual(whole);
  });

  test('is sent once, however often and in whatever order it is read', async () => {
    const { stream, calls } = await scene(wholeStream);
    const final = stream.final();
    const [events, text] = await Promise.all([readOut(stream), textOf(stream)]);
    expect(events.read).toHaveLength(4);
    expect(text.join('')).toBe(answer.text);
    expect(await final).toEqual(whole);
    expect((await readOut(stream)).read).toHaveLength(4);
    expect(calls).toHaveLength(1);
  });

  test('is not sent before it is read', async () => {
    const fetch = vi.fn(async () => Response.json({}));
    createBedrockClient({ baseUrl: 'https://proxy.example', apiKey, fetch }).stream('llama', 'Hi');
    await Promise.resolve();
    expect(fetch).not.toHaveBeenCalled();
  });

  test('refuses a wrong argument at once', () => {
    const client = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey });
    const stream = (...given: unknown[]) => Reflect.apply(client.stream, client, given);
    expect(() => stream('llama')).toThrow('question must be a string.');
    expect(() => stream('llama', 'Hi', null)).toThrow('options must be an object.');
    expect(() => stream('llama', 'Hi', { idleTimeoutMs: 0 })).toThrow('idleTimeoutMs must be');
    expect(() => stream('llama', 'Hi', { history: 'Hi' })).toThrow('history must be an array.');
  });

  test('yields an event as soon as it comes', async () => {
    const { stream, send, close } = controlled();
    const reading = stream[Symbol.asyncIterator]();
    const next = reading.next();
    send(start);
    expect(await next).toEqual({ done: false, value: start });
    send(first);
    expect(await reading.next()).toEqual({ done: false, value: first });
    send(second, done);
    expect(await stream.final()).toMatchObject({ text: 'A bad place.' });
    close();
  });

  test('passes over comments and events of types that a newer proxy adds', async () => {
    const { stream } = await scene((response) => {
      beginStream(response, ': hello\n\n', { type: 'mood', grim: true }, start, ':\n', { type: 'toString' });
      response.end([first, { type: 'mood' }, second, done].map(sent).join(''));
    });
    expect(await stream.final()).toEqual(whole);
  });

  test('with fields that a newer proxy adds does no harm', async () => {
    const { stream } = await scene((response) => {
      beginStream(response, ...events.map((event) => ({ ...event, mood: 'grim' })));
      response.end();
    });
    expect(await stream.final()).toEqual(whole);
  });

  test('whose last event has no empty line after it is whole', async () => {
    const { stream } = await scene((response) => {
      beginStream(response, start, first, second);
      response.end(sent(done).trimEnd());
    });
    expect(await stream.final()).toEqual(whole);
  });

  test('is over with its last event, whatever comes after', async () => {
    const { stream, send, close } = controlled();
    send(...events, { type: 'delta', text: ' And more.' }, 'data: no JSON\n\n');
    expect((await readOut(stream)).read).toHaveLength(4);
    close();
    expect(await stream.final()).toMatchObject({ text: answer.text });
  });

  test('is read to the end of the response, so that the connection can be used again', async () => {
    const { stream, send, close, cancelled } = controlled();
    send(...events);
    await stream.final();
    close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(cancelled()).toBe(false);
  });
});

describe('an error in a stream', () => {
  test('is thrown as its class, after the events before it', async () => {
    const { stream } = await scene((response) => {
      beginStream(response, start, first, envelope('model_throttled'));
      response.end();
    });
    const { read, error } = await readOut(stream);
    expect(read).toEqual([start, first]);
    expect(error).toMatchObject({
      name: 'ModelThrottledError',
      code: 'model_throttled',
      message: 'About model_throttled.',
      requestId: 'request-1',
      status: undefined,
      retryable: false,
      attempts: 1,
    });
    await expect(stream.final()).rejects.toBe(error);
    await expect(textOf(stream)).rejects.toBe(error);
  });

  test('says what an answer that does not fit its schema says', async () => {
    const issues = [{ path: 'age', message: 'must be number' }];
    const { stream } = await scene((response) => {
      beginStream(response, start, first, envelope('invalid_output', { stopReason: 'max_tokens', issues }));
      response.end();
    });
    await expect(stream.final()).rejects.toMatchObject({
      name: 'OutputValidationError',
      stopReason: 'max_tokens',
      issues,
    });
  });

  test('with a code of a newer proxy keeps it', async () => {
    const { stream } = await scene((response) => {
      beginStream(response, envelope('brand_new'));
      response.end();
    });
    await expect(stream.final()).rejects.toMatchObject({ code: 'internal', serverCode: 'brand_new' });
  });

  test.each(['rate_limited', 'model_throttled', 'limits_unavailable'])(
    'is sent again where it comes first and is a refusal: %s',
    async (code) => {
      const { stream, calls, waits } = await scene((response, attempt) => {
        beginStream(response, ...(attempt === 1 ? [': wait\n\n', envelope(code)] : events));
        response.end();
      });
      expect(await stream.final()).toMatchObject({ text: answer.text, attempts: 2 });
      expect(calls).toHaveLength(2);
      expect(waits).toEqual([250]);
    },
  );

  test.each(['upstream_error', 'internal', 'quota_exceeded', 'brand_new'])(
    'is sent once where it may have been billed, or is final: %s',
    async (code) => {
      const { stream, calls } = await scene((response) => {
        beginStream(response, envelope(code));
        response.end();
      });
      await expect(stream.final()).rejects.toMatchObject({ attempts: 1, retryable: false });
      expect(calls).toHaveLength(1);
    },
  );
});

describe('a response that does not begin as a stream', () => {
  test('fails as ask does, and is sent again by the same rules', async () => {
    const { stream, waits } = await scene((response, attempt) =>
      attempt === 1
        ? reply(response, 429, envelope('rate_limited'), { 'retry-after': '2' })
        : wholeStream(response, attempt, { method: '', path: '', headers: {}, body: '' }),
    );
    expect(await stream.final()).toMatchObject({ attempts: 2 });
    expect(waits).toEqual([2000]);
  });

  test('of JSON is invalid', async () => {
    const { stream, calls } = await scene((response) => reply(response, 200, answer));
    const contentType = 'application/json';
    expect((await readOut(stream)).error).toMatchObject({ name: 'InvalidResponseError', contentType });
    expect(calls).toHaveLength(1);
  });

  test.each<[string, (object | string)[], object[]]>([
    ['no JSON', ['data: <html>\n\n'], []],
    ['no object', ['data: 1\n\n'], [{ path: 'type', message: 'expected string' }]],
    ['no type', [{ text: 'Hi' }], [{ path: 'type' }]],
    ['an event of another shape', [start, { type: 'delta' }], [{ path: 'text', message: 'expected string' }]],
    ['a delta first', [first], [{ path: 'type', message: 'unexpected "delta"' }]],
    ['a second start', [start, first, start], [{ path: 'type', message: 'unexpected "start"' }]],
  ])('of %s is invalid, and says where', async (_, given, issues) => {
    const { stream } = await scene((response) => {
      beginStream(response, ...given);
      response.end();
    });
    expect((await readOut(stream)).error).toMatchObject({ name: 'InvalidResponseError', issues });
  });
});

test.each(['', ': wait\n\n'])(
  'a stream that breaks off before its first event is not sent again: "%s"',
  async (begun) => {
    const { stream, calls } = await scene((response) => {
      beginStream(response, begun);
      response.end();
    });
    expect((await readOut(stream)).error).toMatchObject({
      name: 'StreamInterruptedError',
      retryable: false,
      textReceived: false,
    });
    expect(calls).toHaveLength(1);
  },
);

describe('a response of a custom fetch', () => {
  const headers = { 'content-type': 'text/event-stream' };
  const streamOf = (response: unknown) => {
    const client = createBedrockClient({ baseUrl: 'https://proxy.example', apiKey, maxRetries: 0 });
    vi.stubGlobal('fetch', async () => response);
    return client.stream('llama', question);
  };

  test('without a body is a stream that breaks off', async () => {
    const { error } = await readOut(streamOf(new Response(null, { headers })));
    expect(error).toMatchObject({ name: 'StreamInterruptedError', textReceived: false });
  });

  test('whose body is of another kind is the fault of that fetch', async () => {
    const response = { status: 200, ok: true, headers: new Headers(headers), text: async () => '', body: {} };
    const { error } = await readOut(streamOf(response));
    expect(error).toMatchObject({ name: 'ConfigurationError', field: 'fetch', attempts: 1 });
  });

  test('that is not a stream of events is closed', async () => {
    let cancelled = false;
    const body = new ReadableStream({
      cancel: () => {
        cancelled = true;
      },
    });
    const { error } = await readOut(
      streamOf(new Response(body, { headers: { 'content-type': 'text/html' } })),
    );
    expect(error).toMatchObject({ name: 'InvalidResponseError', contentType: 'text/html' });
    expect(cancelled).toBe(true);
  });
});

describe('time runs out', () => {
  test('when the response does not begin', async () => {
    const { stream } = await scene(() => {}, { timeoutMs: 50 });
    expect((await readOut(stream)).error).toMatchObject({ code: 'timeout', phase: 'response', limitMs: 50 });
  });

  test('when it begins and its first byte does not come', async () => {
    vi.useFakeTimers();
    const { stream } = controlled({ timeoutMs: 5000, idleTimeoutMs: 10 });
    const reading = readOut(stream);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await reading).error).toMatchObject({ code: 'timeout', phase: 'body', limitMs: 5000 });
  });

  test('when it falls silent', async () => {
    vi.useFakeTimers();
    const { stream, send } = controlled({ timeoutMs: 10 });
    const reading = readOut(stream);
    send(start, first);
    await vi.advanceTimersByTimeAsync(30_000);
    const { read, error } = await reading;
    expect(read).toEqual([start, first]);
    expect(error).toMatchObject({ code: 'timeout', phase: 'body', limitMs: 30_000 });
    expect(error?.message).toContain('idleTimeoutMs');
  });

  test('when it goes on for too long', async () => {
    vi.useFakeTimers();
    const { stream, send } = controlled({ deadlineMs: 100_000 });
    const reading = readOut(stream);
    for (const _ of Array(10)) {
      send(': still here\n\n');
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect((await reading).error).toMatchObject({ code: 'timeout', limitMs: 100_000 });
  });

  test('by the deadline of the client too, where it has one', async () => {
    vi.useFakeTimers();
    const { fetch, send } = controlledResponse();
    const options = { baseUrl: 'https://proxy.example', apiKey, fetch, deadlineMs: 10_000 };
    const reading = readOut(createBedrockClient(options).stream('llama', question));
    send(start);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await reading).error).toMatchObject({ code: 'timeout', limitMs: 10_000 });
  });

  test('not while it sends comments, for a quarter of an hour by default', async () => {
    vi.useFakeTimers();
    const { stream, send, close } = controlled();
    const final = stream.final();
    send(start);
    for (const _ of Array(30)) {
      await vi.advanceTimersByTimeAsync(29_000);
      send(': still here\n\n');
    }
    send(first, second, done);
    close();
    expect(await final).toMatchObject({ text: answer.text });
  });

  test('not while its reader is slow', async () => {
    vi.useFakeTimers();
    const { stream, send, close } = controlled();
    send(...events);
    close();
    const reading = stream[Symbol.asyncIterator]();
    await reading.next();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await reading.next()).toEqual({ done: false, value: first });
  });
});

describe('a stream is ended', () => {
  const reason = new Error('The user left.');

  /** A server that never ends its stream, and the end of the request. */
  async function endless(options?: StreamOptions) {
    const closed = gate();
    const opened = await scene((response) => {
      beginStream(response, start, first);
      response.once('close', closed.open);
    }, options);
    return { ...opened, closed: closed.opened };
  }

  test('by leaving a loop, silently', async () => {
    const { stream, closed } = await endless();
    for await (const event of stream) {
      if (event.type === 'delta') break;
    }
    await closed;
    await expect(stream.final()).rejects.toMatchObject({ name: 'AbortedError', attempts: 1 });
  });

  test('by leaving a loop over its text', async () => {
    const { stream, closed } = await endless();
    for await (const text of stream.textStream()) {
      expect(text).toBe(first.text);
      break;
    }
    await closed;
  });

  test('by abort()', async () => {
    const { stream, closed } = await endless();
    const reading = readOut(stream);
    await stream[Symbol.asyncIterator]().next();
    stream.abort();
    await closed;
    expect((await reading).error).toMatchObject({ name: 'AbortedError', code: 'aborted', retryable: false });
  });

  test('where another waits for it to return', async () => {
    const { stream, closed } = await endless();
    const reading = stream[Symbol.asyncIterator]();
    await reading.next();
    await reading.next();
    const pending = reading.next();
    expect(await reading.return?.()).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    await closed;
  });

  test('even if a custom fetch ignores the signal', async () => {
    const { stream, send, cancelled } = controlled();
    send(start);
    await stream[Symbol.asyncIterator]().next();
    stream.abort();
    await expect(stream.final()).rejects.toMatchObject({ code: 'aborted' });
    await vi.waitFor(() => expect(cancelled()).toBe(true));
  });

  test('before it is read, so that nothing is sent', async () => {
    const { stream, calls } = await scene(wholeStream);
    stream.abort();
    expect((await readOut(stream)).error).toMatchObject({ code: 'aborted', attempts: 0 });
    const aborted = await scene(wholeStream, { signal: AbortSignal.abort(reason) });
    expect((await readOut(aborted.stream)).error).toMatchObject({ code: 'aborted', cause: reason });
    expect([...calls, ...aborted.calls]).toEqual([]);
  });

  test('after its end without effect', async () => {
    const { stream } = await scene(wholeStream);
    await stream.final();
    stream.abort();
    for await (const event of stream) {
      if (event.type === 'start') break;
    }
    expect(await stream.final()).toEqual(whole);
  });

  test('in the wait before the next attempt', async () => {
    const { url, calls } = await serve((response) =>
      reply(response, 429, envelope('rate_limited'), { 'retry-after': '30' }),
    );
    const { runtime } = manualRuntime();
    const waiting = gate();
    const sleep = (ms: number, signal: AbortSignal) => {
      waiting.open();
      return systemRuntime.sleep(ms, signal);
    };
    const stream = createClient({ baseUrl: url, apiKey }, { ...runtime, sleep }).stream('llama', 'Hi');
    const final = stream.final();
    await waiting.opened;
    stream.abort();
    await expect(final).rejects.toMatchObject({ code: 'aborted', attempts: 1 });
    expect(calls).toHaveLength(1);
  });
});

test('a failure that is not read does not end the process', async () => {
  const rejections: unknown[] = [];
  const onRejection = (error: unknown) => rejections.push(error);
  process.on('unhandledRejection', onRejection);
  onTestFinished(() => {
    process.off('unhandledRejection', onRejection);
  });
  const unread: ((stream: AnswerStream) => unknown)[] = [
    (stream) => stream.final(),
    (stream) => stream[Symbol.asyncIterator]().next(),
    (stream) => stream.textStream()[Symbol.asyncIterator]().next(),
    (stream) => stream.abort(),
    (stream) => {
      stream.final();
      stream.abort();
    },
  ];
  for (const read of unread) {
    const { stream } = await scene((response) => reply(response, 401, envelope('unauthenticated')));
    read(stream);
    await stream.final().catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(rejections).toEqual([]);
});

test('no timer outlives a stream', async () => {
  vi.useFakeTimers();
  const { stream, send, close } = controlled();
  send(...events);
  close();
  await stream.final();
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});
