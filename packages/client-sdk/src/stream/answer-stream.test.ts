import { Readable } from 'node:stream';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { controlledResponse } from '../../test/controlled-response.ts';
import { gate } from '../../test/gate.ts';
import {
  answer,
  beginStream,
  endless,
  envelope,
  events,
  type Handler,
  readLimits,
  reply,
  replying,
  sent,
  streaming,
} from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import type { StreamEvent } from '../answer/stream-event.ts';
import { createBedrockClient } from '../client.ts';
import { isBedrockProxyError } from '../errors/errors.ts';
import type { StreamOptions } from '../options/options.ts';
import type { AnswerStream } from './answer-stream.ts';

const question = 'What is a dystopia?';
const [start, first, second, done] = events;
const whole = { ...answer, limits: readLimits, requestId: 'request-1', attempts: 1 };

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A stream from a server. */
async function open(handler: Handler, options?: StreamOptions) {
  const { client, ...server } = await scene(handler);
  return { stream: client.stream('llama', question, options), ...server };
}

/** A stream whose response the test writes. */
function controlled(options?: StreamOptions) {
  const { fetch, ...response } = controlledResponse();
  const client = createBedrockClient({ ...settings, fetch });
  return { stream: client.stream('llama', question, options), ...response };
}

const wholeStream = streaming(...events);

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
    const { stream, calls } = await open(wholeStream);
    expect(await readOut(stream)).toEqual({ read: [start, first, second, { ...done, limits: readLimits }] });
    expect(calls).toMatchObject([
      { method: 'POST', path: '/dev/bedrock/stream', headers: { accept: 'text/event-stream' } },
    ]);
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ model: 'llama', question });
  });

  test('yields the thoughts of a model and its calls of tools while they are written, and its text as before', async () => {
    const content = [
      { type: 'reasoning', text: 'Hm.', signature: 'c2ln' },
      { type: 'text', text: 'A bad place.' },
      { type: 'tool_use', id: '1', name: 'look', input: { at: [1] } },
    ];
    const thought = [
      { type: 'block_start', block: { type: 'reasoning' } },
      { type: 'block_delta', delta: { type: 'reasoning', text: 'Hm.' } },
      { type: 'block_end' },
    ];
    const called = [
      { type: 'block_start', block: { type: 'tool_use', id: '1', name: 'look' } },
      { type: 'block_delta', delta: { type: 'input', json: '{"at":' } },
      { type: 'block_delta', delta: { type: 'input', json: '[1]}' } },
      { type: 'block_end' },
    ];
    const last = { ...done, content, stopReason: 'tool_use' };
    const { stream } = await open(streaming(start, ...thought, first, second, ...called, last));
    expect(await readOut(stream)).toEqual({
      read: [start, ...thought, first, second, ...called, { ...last, limits: readLimits }],
    });
    expect(await textOf(stream)).toEqual(['A bad ', 'place.']);
    expect(await stream.final()).toEqual({ ...whole, content, stopReason: 'tool_use' });
  });

  test('blocks and pieces of kinds that a newer proxy has added are left out, and all else is read', async () => {
    const video = { type: 'video', url: 'https://example.com' };
    const thought = { type: 'reasoning', text: 'Hm.' } as const;
    const begun = { type: 'block_start', block: { type: 'reasoning' } } as const;
    const piece = { type: 'block_delta', delta: { type: 'reasoning', text: 'Hm.' } } as const;
    const ended = { type: 'block_end' } as const;
    const last = { ...done, content: [thought, video, ...done.content] };
    const { stream } = await open(
      streaming(
        start,
        ...[{ type: 'block_start', block: video }, { type: 'block_delta', delta: video }, piece, ended],
        ...[begun, { type: 'block_delta', delta: { type: 'smell', text: 'Hm.' } }, piece, ended],
        first,
        second,
        last,
      ),
    );
    const content = [thought, ...done.content];
    const { read, error } = await readOut(stream);
    expect(error).toBeUndefined();
    expect(read.slice(0, -1)).toEqual([start, begun, piece, ended, first, second]);
    expect(await stream.final()).toEqual({ ...whole, content });
  });

  test('is sent once, however often and in whatever order it is read', async () => {
    const { stream, calls } = await open(wholeStream);
    const final = stream.final();
    const [events, text] = await Promise.all([readOut(stream), textOf(stream)]);
    expect(events.read).toHaveLength(4);
    expect(text).toEqual(['A bad ', 'place.']);
    expect(await final).toEqual(whole);
    expect((await readOut(stream)).read).toHaveLength(4);
    expect(calls).toHaveLength(1);
  });

  test('is not sent before it is read', async () => {
    const fetch = vi.fn(async () => Response.json({}));
    createBedrockClient({ ...settings, fetch }).stream('llama', 'Hi');
    await Promise.resolve();
    expect(fetch).not.toHaveBeenCalled();
  });

  test('refuses a wrong argument at once', () => {
    const client = createBedrockClient(settings);
    const stream = (...given: unknown[]) => Reflect.apply(client.stream, client, given);
    expect(() => stream('llama')).toThrow('question must be a string or an array of blocks.');
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
    const before = [': hello\n\n', { type: 'mood', grim: true }];
    const between = [':\n', { type: 'toString' }];
    const { stream } = await open(
      streaming(...before, start, ...between, first, { type: 'mood' }, second, done),
    );
    expect(await stream.final()).toEqual(whole);
  });

  test('with fields that a newer proxy adds does no harm', async () => {
    const { stream } = await open(streaming(...events.map((event) => ({ ...event, mood: 'grim' }))));
    expect(await stream.final()).toEqual(whole);
  });

  test('whose last event has no empty line after it is whole', async () => {
    const { stream } = await open(streaming(start, first, second, sent(done).trimEnd()));
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
    await new Promise((resolve) => setTimeout(resolve));
    expect(cancelled()).toBe(false);
  });
});

describe('an error in a stream', () => {
  test('is thrown as its class, after the events before it', async () => {
    const { stream } = await open(streaming(start, first, envelope('model_throttled')));
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

  test('with a code of a newer proxy keeps it', async () => {
    const { stream } = await open(streaming(envelope('brand_new')));
    await expect(stream.final()).rejects.toMatchObject({ code: 'internal', serverCode: 'brand_new' });
  });

  test.each(['rate_limited', 'model_throttled', 'limits_unavailable'])(
    'is sent again where it comes first and is a refusal: %s',
    async (code) => {
      const refused = streaming(': wait\n\n', envelope(code));
      const { stream, calls, waits } = await open((response, attempt, call) =>
        (attempt === 1 ? refused : wholeStream)(response, attempt, call),
      );
      expect(await stream.final()).toMatchObject({ text: answer.text, attempts: 2 });
      expect(calls).toHaveLength(2);
      expect(waits).toEqual([250]);
    },
  );

  test.each(['upstream_error', 'internal', 'quota_exceeded', 'brand_new'])(
    'is sent once where it may have been billed, or is final: %s',
    async (code) => {
      const { stream, calls } = await open(streaming(envelope(code)));
      await expect(stream.final()).rejects.toMatchObject({ attempts: 1, retryable: false });
      expect(calls).toHaveLength(1);
    },
  );
});

describe('a response that does not begin as a stream', () => {
  test('fails as ask does, and is sent again by the same rules', async () => {
    const { stream, waits } = await open((response, attempt, call) =>
      attempt === 1
        ? reply(response, 429, envelope('rate_limited'), { 'retry-after': '2' })
        : wholeStream(response, attempt, call),
    );
    expect(await stream.final()).toMatchObject({ attempts: 2 });
    expect(waits).toEqual([2000]);
  });

  test('of JSON is invalid', async () => {
    const { stream, calls } = await open(replying(200, answer));
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
    const { stream } = await open(streaming(...given));
    expect((await readOut(stream)).error).toMatchObject({ name: 'InvalidResponseError', issues });
  });
});

const reset: Handler = (response) => {
  beginStream(response, start, first);
  setImmediate(() => response.destroy());
};

test.each<[string, Handler, textReceived: boolean, hasCause: boolean]>([
  ['at once', streaming(), false, false],
  ['before its first event', streaming(': wait\n\n'), false, false],
  ['before its last event', streaming(start, first), true, false],
  ['within its last event', streaming(start, first, second, sent(done).slice(0, 60)), true, false],
  ['with its connection', reset, true, true],
])('a stream that ends %s is interrupted, and not sent again', async (_, handler, textReceived, hasCause) => {
  const { stream, calls } = await open(handler);
  const { error } = await readOut(stream);
  expect(error).toMatchObject({
    name: 'StreamInterruptedError',
    code: 'stream_interrupted',
    status: 200,
    retryable: false,
    attempts: 1,
    requestId: 'request-1',
    textReceived,
  });
  expect(error?.cause instanceof Error).toBe(hasCause);
  expect(calls).toHaveLength(1);
});

describe('a response of a custom fetch', () => {
  const headers = { 'content-type': 'text/event-stream' };
  const streamOf = (response: unknown) => {
    const client = createBedrockClient({ ...settings, maxRetries: 0 });
    vi.stubGlobal('fetch', async () => response);
    return client.stream('llama', question);
  };

  test.each([
    ['is null', () => null],
    ['is missing, as in React Native', () => undefined],
    ['is of another kind, as of node-fetch', () => Readable.from([])],
    ['is not of bytes', () => new ReadableStream({ pull: (controller) => controller.enqueue('data:') })],
  ])('whose body %s is the fault of that fetch', async (_, bodyOf) => {
    const whole = { status: 200, ok: true, headers: new Headers(headers), text: async () => '' };
    const body = bodyOf();
    const response = body === undefined ? whole : { ...whole, body };
    const { error } = await readOut(streamOf(response));
    expect(error).toMatchObject({ name: 'ConfigurationError', field: 'fetch', attempts: 1 });
    expect(error?.message).toContain('ReadableStream');
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

describe('a stream that does not end is not read to the end of memory', () => {
  test.each([
    ['of one line', 'data'],
    ['of one event', 'data: {"type":"delta"}\n'],
    ['of events', sent({ type: 'delta', text: 'x'.repeat(10_000) })],
  ])('%s', async (_, text) => {
    const { stream } = await open(endless(200, 'text/event-stream', text, sent(start)));
    expect((await readOut(stream)).error).toMatchObject({
      name: 'InvalidResponseError',
      attempts: 1,
      issues: [{ path: '', message: expect.stringMatching(/^expected at most \d+ MB$/) }],
    });
  });
});

describe('time runs out', () => {
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
  /** A server that never ends its stream, and the end of the request. */
  async function endless(options?: StreamOptions) {
    const closed = gate();
    const opened = await open((response) => {
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
    const { stream, calls } = await open(wholeStream);
    stream.abort();
    expect((await readOut(stream)).error).toMatchObject({ code: 'aborted', attempts: 0 });
    expect(calls).toEqual([]);
  });

  test('after its end without effect', async () => {
    const { stream } = await open(wholeStream);
    await stream.final();
    stream.abort();
    for await (const event of stream) {
      if (event.type === 'start') break;
    }
    expect(await stream.final()).toEqual(whole);
  });
});

test.runIf('process' in globalThis)('a failure that is not read does not end the process', async () => {
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
    const { stream } = await open(replying(401, envelope('unauthenticated')));
    read(stream);
    await stream.final().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve));
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
