import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { createBedrockClient } from '../src/client.ts';
import { QuotaExceededError, RateLimitedError } from '../src/errors/errors.ts';
import { envelope, reply, serve } from './loopback-server.ts';

let example: string;

beforeAll(async () => {
  const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
  example = examples.find((code) => code.includes('instanceof QuotaExceededError')) ?? '';
});

const textOf = (said: unknown) => (said instanceof Date ? said.toISOString() : String(said));

/** What the example of the README prints where its call ends in this response. */
async function printed(status: number, body: unknown): Promise<string[]> {
  const { url } = await serve((response) => reply(response, status, body));
  const lines: string[] = [];
  const AsyncFunction: FunctionConstructor = Object.getPrototypeOf(async () => {}).constructor;
  const scope = {
    createBedrockClient: () => createBedrockClient({ baseUrl: url, apiKey: 'key', maxRetries: 0 }),
    QuotaExceededError,
    RateLimitedError,
    console: { error: (...said: unknown[]) => lines.push(said.map(textOf).join(' ')) },
  };
  const run = new AsyncFunction(...Object.keys(scope), example.replace(/^import .*$/m, ''));
  await run(...Object.values(scope));
  return lines;
}

test('the example of a quota prints what the proxy says of it, and its numbers', async () => {
  const facts = { limit: 'tokens', period: 'day', scope: 'team', max: 1200, used: 42 };
  const details = { ...facts, resetsAt: '2026-11-23T00:00:00Z' };
  const message = '42 of 1200 tokens of this team are used today, and the call may need 1170: ...';
  expect(await printed(429, envelope('quota_exceeded', details, message))).toEqual([
    message,
    'tokens 42 1200 2026-11-23T00:00:00.000Z',
  ]);
});

test('the example of a quota prints a sentence where API Gateway says no numbers', async () => {
  expect(await printed(429, { message: 'Limit Exceeded' })).toEqual([
    "API Gateway's own quota for this API key is used up. It counts refused requests and usage too. " +
      'Ask the operator for a higher quota.',
  ]);
});
