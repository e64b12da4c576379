import { ConverseStreamCommand, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { expect, test } from 'vitest';
import { asks, collect, models, type SystemUnderTest, startUnderTest } from '../../testing/bedrock-client.ts';
import { exceptions, streamExceptionNames } from '../exception.ts';
import type { StreamEnd } from '../fault.ts';

const { modelId } = models.native;
const deltas = ['one ', 'two ', 'three'];

async function openStream({ client, bedrock }: SystemUnderTest, options?: { abortSignal: AbortSignal }) {
  bedrock.answerNext({ deltas });
  const command = new ConverseStreamCommand({ modelId, messages: asks('Count.') });
  const { stream } = await client.send(command, options);
  if (!stream) throw new Error('The answer has no stream.');
  return stream;
}

const invokeStream = ({ client }: SystemUnderTest) =>
  client.send(
    new InvokeModelWithResponseStreamCommand({
      modelId: 'meta.llama2-70b-chat-v1',
      body: JSON.stringify({ prompt: 'Count.' }),
    }),
  );

/** The events of a stream that arrived, and its error. */
async function drain(system: SystemUnderTest) {
  const types: string[] = [];
  try {
    for await (const event of await openStream(system)) types.push(...Object.keys(event));
    return { types, thrown: undefined };
  } catch (thrown) {
    return { types, thrown };
  }
}

const whole = [
  ...['messageStart', 'contentBlockDelta', 'contentBlockDelta', 'contentBlockDelta'],
  ...['contentBlockStop', 'messageStop', 'metadata'],
];

test('a stream can end a number of events before its own end', async () => {
  const system = await startUnderTest();
  system.bedrock.failNext({ kind: 'stream', after: -2, end: 'finish' });
  expect(await drain(system)).toEqual({ types: whole.slice(0, -2), thrown: undefined });
});

test.each(streamExceptionNames.filter((name) => name !== 'ModelTimeoutException'))(
  '%s can come in the middle of a stream of ConverseStream',
  async (exception) => {
    const system = await startUnderTest();
    system.bedrock.failNext({ kind: 'stream', after: 3, end: { exception } });
    const { types, thrown } = await drain(system);
    expect(types).toEqual(whole.slice(0, 3));
    expect(thrown).toMatchObject({ name: exception, message: exceptions[exception][1] });
    expect(system.bedrock.billed.outputTokens).toBe(3);
  },
);

test.each(streamExceptionNames)(
  '%s can come in the middle of a stream of InvokeModelWithResponseStream',
  async (exception) => {
    const system = await startUnderTest();
    system.bedrock.failNext({ kind: 'stream', after: 2, end: { exception, message: 'So it is.' } });
    const { body } = await invokeStream(system);
    await expect(collect(body)).rejects.toMatchObject({ name: exception, message: 'So it is.' });
  },
);

test('a stream can end without its metadata', async () => {
  const system = await startUnderTest();
  system.bedrock.failNext({ kind: 'stream', after: 'messageStop', end: 'finish' });
  expect(await drain(system)).toEqual({ types: whole.slice(0, -1), thrown: undefined });
});

test.each<[StreamEnd, number]>([
  ['cut', 0],
  ['cut', 2],
  ['garbage', 2],
  ['cut', 99],
])('a stream that ends by %j after %i events throws an error', async (end, after) => {
  const system = await startUnderTest();
  system.bedrock.failNext({ kind: 'stream', after, end });
  const { types, thrown } = await drain(system);
  expect(types).toEqual(whole.slice(0, after));
  expect(thrown).toBeInstanceOf(Error);
  expect(system.bedrock.billed.outputTokens).toBe(3);
  expect(system.bedrock.received).toMatchObject([{ disconnected: false }]);
});

test('a stream can stall, and notices when the caller hangs up', async () => {
  const system = await startUnderTest();
  system.bedrock.failNext({ kind: 'stream', after: 2, end: 'stall' });
  const controller = new AbortController();
  const stream = (await openStream(system, { abortSignal: controller.signal }))[Symbol.asyncIterator]();
  expect((await stream.next()).value).toHaveProperty('messageStart');
  expect((await stream.next()).value).toHaveProperty('contentBlockDelta');
  const next = expect(stream.next()).rejects.toThrow();
  expect(system.bedrock.received).toMatchObject([{ disconnected: false }]);
  controller.abort();
  await next;
  while (!system.bedrock.received[0]?.disconnected) await new Promise(setImmediate);
});

test('each piece waits at the gate until the piece before has been seen', async () => {
  const system = await startUnderTest();
  const gates = deltas.map(() => Promise.withResolvers<void>());
  const asked: number[] = [];
  system.bedrock.pace((index) => {
    asked.push(index);
    return gates[index]?.promise ?? Promise.resolve();
  });
  const seen: string[] = [];
  for await (const event of await openStream(system)) {
    if (event.messageStart) gates[0]?.resolve();
    const piece = event.contentBlockDelta?.delta?.text;
    if (piece === undefined) continue;
    seen.push(piece);
    expect(asked.at(-1)).toBeLessThanOrEqual(seen.length);
    gates[seen.length]?.resolve();
  }
  expect(seen).toEqual(deltas);
  expect(asked).toEqual([0, 1, 2]);
});

test('a caller that hangs up at a closed gate stops the stream', async () => {
  const system = await startUnderTest();
  const asked: number[] = [];
  const closed = Promise.withResolvers<void>();
  system.bedrock.pace((index) => {
    asked.push(index);
    return index === 0 ? Promise.resolve() : closed.promise;
  });
  const controller = new AbortController();
  const stream = (await openStream(system, { abortSignal: controller.signal }))[Symbol.asyncIterator]();
  await stream.next();
  expect((await stream.next()).value).toMatchObject({ contentBlockDelta: { delta: { text: 'one ' } } });
  const next = expect(stream.next()).rejects.toThrow();
  controller.abort();
  await next;
  while (!system.bedrock.received[0]?.disconnected) await new Promise(setImmediate);
  closed.resolve();
  await new Promise(setImmediate);
  expect(asked).toEqual([0, 1]);
});
