import { buffer, text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { runtimeOf } from '../testing/function-runtime.ts';
import type { FunctionRuntime } from './function-runtime.ts';
import type { LogLine } from './log.ts';
import type { PayloadStream } from './response-sink.ts';

const streaming = (body: string, options = '{}') => `
  import { once } from 'node:events';
  import { finished, pipeline } from 'node:stream/promises';
  import { Readable, Writable } from 'node:stream';
  const state = {};
  export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} }, ${options});
`;

async function payloadOf(runtime: FunctionRuntime, event: unknown = {}): Promise<PayloadStream> {
  const outcome = await runtime.invokeWithResponseStream(JSON.stringify(event), crypto.randomUUID());
  if (outcome.kind !== 'streaming') {
    throw new Error(`The call did not stream: ${JSON.stringify(outcome)}`);
  }
  return outcome.payload;
}

const failure = (errorType: string, errorMessage: string) => ({
  kind: 'failed',
  error: { errorType, errorMessage, trace: expect.any(Array) },
});

test('the runtime has its global before the handler is loaded, whether it streams or not', async () => {
  const runtime = runtimeOf(`
    const { streamifyResponse, HttpResponseStream } = awslambda;
    export const handler = () => [typeof streamifyResponse, typeof HttpResponseStream.from];
  `);
  expect(await runtime.invoke('{}', '')).toEqual({ kind: 'returned', payload: '["function","function"]' });
});

test('the prelude is written at the first write, and only then', async () => {
  const runtime = runtimeOf(
    streaming(`
      const made = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
      if (event.write) { made.write('a'); made.write('b'); }
      made.end(event.end);
    `),
  );
  const prelude = '{"statusCode":201}\0\0\0\0\0\0\0\0';
  expect(await text(await payloadOf(runtime, { write: true, end: 'c' }))).toBe(`${prelude}abc`);
  expect(await text(await payloadOf(runtime, { end: 'c' }))).toBe('c');
  expect(await text(await payloadOf(runtime))).toBe('');
});

test('texts and bytes are written as they are, and anything else as JSON', async () => {
  const runtime = runtimeOf(
    streaming(`
      stream.write('é');
      stream.write('6869', 'hex');
      stream.write(new Uint8Array([0xff]));
      stream.write({ a: 1 });
      stream.end();
    `),
  );
  expect(await buffer(await payloadOf(runtime))).toEqual(
    Buffer.concat([Buffer.from('éhi'), Buffer.from([0xff]), Buffer.from('{"a":1}')]),
  );
});

test('the content type cannot be set after the first write', async () => {
  const runtime = runtimeOf(streaming(`stream.write('a'); stream.setContentType('text/plain');`));
  const payload = await payloadOf(runtime);
  await expect(text(payload)).rejects.toThrow(
    'Runtime.InvalidStreamingOperation: Cannot set content-type, too late.',
  );
});

test('pipeline, finished and the events of a stream work, and a stream has no more than on Lambda', async () => {
  const lines: LogLine[] = [];
  const runtime = runtimeOf(
    streaming(`
      const ended = Promise.all([once(stream, 'finish'), finished(stream)]);
      await pipeline(Readable.from(['a', 'b']), stream);
      await ended;
      console.log(JSON.stringify({
        ended: stream.writableEnded,
        finished: stream.writableFinished,
        isWritable: stream instanceof Writable,
        absent: ['pipe', 'closed', 'errored', 'writableErrored'].filter((name) => name in stream),
      }));
    `),
    { lines },
  );
  expect(await text(await payloadOf(runtime))).toBe('ab');
  await vi.waitFor(() => expect(lines).toHaveLength(1), 5000);
  expect(JSON.parse(lines[0]?.line ?? '')).toEqual({
    ended: true,
    finished: true,
    isWritable: false,
    absent: [],
  });
});

test('a write into a full stream returns false, and `drain` follows when the caller has read', async () => {
  const runtime = runtimeOf(
    streaming(
      `
      if (event.ask) { stream.end(JSON.stringify(state)); return; }
      state.room = ['12345678', '12345678', '12345678'].map((chunk) => stream.write(chunk));
      state.mark = stream.writableHighWaterMark;
      await once(stream, 'drain');
      state.drained = true;
      stream.end();
    `,
      '{ highWaterMark: 16 }',
    ),
  );
  const payload = await payloadOf(runtime);
  const held = { room: [true, false, false], mark: 16 };
  expect(JSON.parse(await text(await payloadOf(runtime, { ask: true })))).toEqual(held);
  expect(payload.readableLength).toBe(8);
  expect(await text(payload)).toBe('12345678'.repeat(3));
  expect(JSON.parse(await text(await payloadOf(runtime, { ask: true })))).toEqual({ ...held, drained: true });
});

test('a stream that fails has all that was written before', async () => {
  const runtime = runtimeOf(
    streaming(`
      for (let count = 0; count < 100; count += 1) stream.write(new Uint8Array(65_536));
      throw new TypeError('no luck');
    `),
  );
  const payload = await payloadOf(runtime);
  let bytes = 0;
  payload.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
  });
  await expect(new Promise((_resolve, reject) => payload.once('error', reject))).rejects.toThrow('no luck');
  expect(bytes).toBe(6_553_600);
});

test('a write into a stream that has finished hurts neither the answer nor the worker', async () => {
  const runtime = runtimeOf(
    streaming(`
      state.calls = (state.calls ?? 0) + 1;
      stream.end('call ' + state.calls);
      await once(stream, 'finish');
      stream.write('late');
    `),
  );
  expect(await text(await payloadOf(runtime))).toBe('call 1');
  expect(await text(await payloadOf(runtime))).toBe('call 2');
});

test('a write after the end of a stream that has not finished cuts it off', async () => {
  const runtime = runtimeOf(streaming(`stream.write('a'); stream.end(); stream.write('late');`));
  await expect(text(await payloadOf(runtime))).rejects.toThrow('write after end');
});

test('a handler that is not asynchronous fails', async () => {
  const runtime = runtimeOf('export const handler = awslambda.streamifyResponse((event, stream) => {});');
  const outcome = await runtime.invokeWithResponseStream('{}', '');
  expect(outcome).toEqual(failure('Error', 'Streaming does not support non-async handlers.'));
});

test('what a streaming handler returns is ignored, with a warning', async () => {
  const lines: LogLine[] = [];
  const runtime = runtimeOf(streaming(`stream.end('a'); return 'b';`), { lines });
  expect(await text(await payloadOf(runtime))).toBe('a');
  await vi.waitFor(
    () => expect(lines).toMatchObject([{ line: 'Streaming handlers ignore return values.' }]),
    5000,
  );
});

test('a call for a stream gets the whole answer of a handler that does not stream', async () => {
  const runtime = runtimeOf('export const handler = () => ({ a: 1 });');
  expect(await text(await payloadOf(runtime))).toBe('{"a":1}');
});
