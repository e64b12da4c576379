import { expect, test } from 'vitest';
import { createBedrockClient } from '../src/client.ts';
import { isBrowser } from '../src/options/environment.ts';
import { tool } from '../src/options/tool.ts';
import { createMockClient, createMockProxy } from '../src/testing/index.ts';

// Run in Node, in jsdom, in happy-dom and in an edge runtime: with the requests, bodies, signals and files of each.

test('asks, streams, calls tools, remembers, embeds and lists', async () => {
  const proxy = createMockProxy()
    .answer('One.')
    .answer(['Tw', 'o.'])
    .toolCall('count', { to: 3 })
    .answer('Three.')
    .answer('Four.')
    .answer('Five.');
  const client = createMockClient(proxy);
  expect((await client.ask('llama', 'Hi')).text).toBe('One.');
  const pieces: string[] = [];
  for await (const text of client.stream('llama', 'Hi').textStream()) pieces.push(text);
  expect(pieces).toEqual(['Tw', 'o.']);
  const count = tool({ name: 'count', inputSchema: { type: 'object' }, run: ({ to }) => to });
  expect((await client.run('llama', 'Count.', { tools: [count] })).text).toBe('Three.');
  const conversation = client.conversation('llama');
  await conversation.ask('Hi');
  expect((await conversation.stream('And?').final()).text).toBe('Five.');
  expect(conversation.messages).toHaveLength(4);
  expect((await client.embed('titan-embed-v2', 'Hi')).vectors).toEqual([[0.6, 0.8]]);
  expect((await client.models()).models).toEqual([]);
  expect((await client.usage()).limits).toEqual([]);
});

test('retries, and says what failed in errors of its own', async () => {
  const proxy = createMockProxy()
    .error('rate_limited')
    .answer('Hi.')
    .error('quota_exceeded')
    .refuse()
    .answer('Hi.')
    .webPage()
    .cutBody()
    .cutStream(['H']);
  const client = createMockClient(proxy);
  expect((await client.ask('llama', 'Hi')).attempts).toBe(2);
  expect((await client.safeAsk('llama', 'Hi')).error?.code).toBe('quota_exceeded');
  expect((await client.ask('llama', 'Hi')).attempts).toBe(2);
  expect((await client.safeAsk('llama', 'Hi')).error?.code).toBe('invalid_response');
  expect((await client.safeAsk('llama', 'Hi')).error?.code).toBe('connection_failed');
  await expect(client.stream('llama', 'Hi').final()).rejects.toMatchObject({ code: 'stream_interrupted' });
});

test('ends with a signal of the runtime, and when its time is over', async () => {
  const client = createMockClient(createMockProxy().stall().stall().stallStream(['H']));
  const controller = new AbortController();
  const asked = client.safeAsk('llama', 'Hi', { signal: controller.signal });
  controller.abort();
  expect((await asked).error?.code).toBe('aborted');
  expect((await client.safeAsk('llama', 'Hi', { timeoutMs: 5 })).error?.code).toBe('timeout');
  const silent = client.stream('llama', 'Hi', { idleTimeoutMs: 5 }).final();
  await expect(silent).rejects.toMatchObject({ code: 'timeout' });
});

test('sends a file of the runtime', async () => {
  const proxy = createMockProxy();
  const minutes = new File(['We met.'], 'minutes.txt', { type: 'text/plain' });
  await createMockClient(proxy).ask('llama', [
    { type: 'text', text: 'When?' },
    { type: 'document', name: 'minutes', data: minutes },
  ]);
  expect(proxy.calls[0]?.body['messages']).toMatchObject([
    { content: [{ type: 'text' }, { type: 'document', format: 'txt', data: btoa('We met.') }] },
  ]);
});

test.runIf(isBrowser())('a page has to allow that its key is read, but for a mock', () => {
  const given = { baseUrl: 'https://proxy.example', apiKey: 'key' };
  expect(() => createBedrockClient(given)).toThrow('dangerouslyAllowBrowser');
  expect(() => createBedrockClient({ ...given, dangerouslyAllowBrowser: true })).not.toThrow();
});
