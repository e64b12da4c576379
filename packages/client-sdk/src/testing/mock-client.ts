import type { BedrockClient } from '../bedrock-client.ts';
import { systemRuntime } from '../call/runtime.ts';
import { createClient } from '../client.ts';
import type { BedrockClientOptions } from '../options/options.ts';
import { createMockProxy, type MockProxy } from './mock-proxy.ts';

/** Options of `createMockClient`: those of `createBedrockClient`, without the address, the key and `fetch`. */
export type MockClientOptions = Omit<BedrockClientOptions, 'baseUrl' | 'apiKey' | 'fetch'>;

/**
 * Makes a client of a mock proxy. It does everything that a real client does, but retries without waiting.
 *
 * @param proxy - Answers the requests. Default: a mock proxy without a script.
 * @param options - Hooks, a logger, limits on time and retries, as `createBedrockClient` takes them.
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
 *
 * @example
 * ```ts
 * import { createMockClient, createMockProxy } from '@org/bedrock-client/testing';
 *
 * const proxy = createMockProxy().error('rate_limited', { retryAfter: 30 }).answer('Hello.');
 * const client = createMockClient(proxy, {
 *   maxRetries: 1,
 *   hooks: { onRetry: ({ error, delayMs }) => console.log(error.code, delayMs) }, // rate_limited 30481
 * });
 * console.log((await client.ask('nova-lite', 'Hi')).text); // Hello., at once
 * ```
 */
export function createMockClient(
  proxy: MockProxy = createMockProxy(),
  options: MockClientOptions = {},
): BedrockClient {
  const mocked = {
    ...options,
    baseUrl: 'https://mock.example',
    apiKey: 'mock',
    fetch: proxy.fetch,
    // There is no key that a page could read.
    dangerouslyAllowBrowser: true,
  };
  return createClient(mocked, { ...systemRuntime, sleep: async () => {} });
}
