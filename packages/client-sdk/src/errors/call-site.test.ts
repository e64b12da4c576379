import { expect, test } from 'vitest';
import { settings } from '../../test/scene.ts';
import { createBedrockClient } from '../client.ts';
import type { AnswerStream } from '../stream/answer-stream.ts';

const client = createBedrockClient({
  ...settings,
  fetch: async () => Response.json({ message: 'Limit Exceeded' }, { status: 429 }),
});

test.each<[string, () => Promise<unknown>]>([
  ['ask', () => client.ask('llama', 'Hi')],
  ['safeAsk', async () => Promise.reject((await client.safeAsk('llama', 'Hi')).error)],
  ['models', () => client.models()],
  ['usage', () => client.usage()],
])('the stack of an error of %s names the function that called it', async (_, call) => {
  async function ourFunction() {
    await call();
  }
  const error: unknown = await ourFunction().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    name: 'QuotaExceededError',
    stack: expect.stringMatching(/^QuotaExceededError: API Gateway.* at (?:async )?ourFunction \(/s),
  });
});

async function readAll(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

test.each<[string, (stream: AnswerStream) => Promise<unknown>]>([
  ['final', (stream) => stream.final()],
  ['a loop', (stream) => readAll(stream)],
  ['a loop over its text', (stream) => readAll(stream.textStream())],
])('the stack of an error of a stream names the function that made the stream: %s', async (_, read) => {
  const ourFunction = () => client.stream('llama', 'Hi');
  const error: unknown = await read(ourFunction()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    name: 'QuotaExceededError',
    stack: expect.stringMatching(/^QuotaExceededError: API Gateway.*\n.* at ourFunction \(/s),
  });
});

test('where there are no such stacks, an error is thrown as it is', async () => {
  const { captureStackTrace } = Error;
  Reflect.deleteProperty(Error, 'captureStackTrace');
  try {
    await expect(client.ask('llama', 'Hi')).rejects.toMatchObject({ code: 'quota_exceeded' });
  } finally {
    Object.assign(Error, { captureStackTrace });
  }
});
