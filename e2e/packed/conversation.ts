import * as client from '@org/bedrock-client';
import * as testing from '@org/bedrock-client/testing';

/** A program that uses the installed client. Each compiler compiles it, as ESM and as CommonJS. */
async function converse(options?: client.BedrockClientOptions) {
  const llama = client.createBedrockClient(options);

  const answer: client.Answer = await llama.ask('llama', 'What is a dystopia?');

  let streamed = '';
  for await (const text of llama.stream('llama', 'What is a utopia?').textStream()) streamed += text;

  const refused = await llama.safeAsk('gpt', 'What is a dystopia?');
  const available = refused.error instanceof client.UnknownModelError ? refused.error.available : undefined;

  const proxy: testing.MockProxy = testing.createMockProxy().answer('Mocked.');
  const mocked = client.createBedrockClient({ baseUrl: 'https://mock', apiKey: 'mock', fetch: proxy.fetch });
  const { text } = await mocked.ask('llama', 'What is a dystopia?');

  return { answered: answer.text, streamed, available, mocked: text };
}

// @ts-expect-error A question is text. Types that were not found would be `any`, and allow it.
const misuse = (wrong: client.BedrockClient) => wrong.ask('llama', 42);

export { converse, misuse };
