import type { BedrockClient } from '../bedrock-client.ts';
import { createClient } from '../client.ts';
import { systemRuntime } from '../runtime.ts';
import { createMockProxy, type MockProxy } from './mock-proxy.ts';

/**
 * A client of a mock proxy: it does all that a real one does, but waits for nothing before it sends a request again.
 *
 * @param proxy - What answers. Default: one without a script.
 *
 * @example
 * ```ts
 * import { createMockClient, createMockProxy } from '@org/bedrock-client/testing';
 *
 * const proxy = createMockProxy().error('model_throttled').answer(['Hel', 'lo.']);
 * const client = createMockClient(proxy);
 * for await (const text of client.stream('nova-lite', 'Hi').textStream()) {
 *   console.log(text);
 * }
 * console.log(proxy.calls.length); // 2
 * ```
 */
export function createMockClient(proxy: MockProxy = createMockProxy()): BedrockClient {
  const options = { baseUrl: 'https://mock.example', apiKey: 'mock', fetch: proxy.fetch };
  return createClient(options, { ...systemRuntime, sleep: async () => {} });
}
