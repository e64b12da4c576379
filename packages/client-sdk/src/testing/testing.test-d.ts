import { expectTypeOf, test } from 'vitest';
import type { BedrockClientOptions } from '../options/options.ts';
import {
  createMockClient,
  createMockProxy,
  type ErrorOptions,
  type MockClientOptions,
  type SentDetails,
  type SentErrorCode,
} from './index.ts';

const proxy = createMockProxy();

test('an error takes some of the details of its code, or none', () => {
  expectTypeOf<ErrorOptions<'quota_exceeded'>['details']>().toEqualTypeOf<
    Partial<SentDetails['quota_exceeded']> | null | undefined
  >();
  expectTypeOf<ErrorOptions<'internal'>['details']>().toEqualTypeOf<null | undefined>();
  proxy.error('quota_exceeded', { details: { limit: 'usd', max: 5 } }).error('internal', { details: null });
});

test('a code that is not known before the test runs takes the details of any', () => {
  const throwing = (code: SentErrorCode, options?: ErrorOptions) => proxy.error(code, options);
  expectTypeOf(throwing).toBeCallableWith('unknown_model', { details: { available: [] } });
});

test('a mock client takes every option of a client but those that say where its proxy is', () => {
  expectTypeOf<keyof MockClientOptions>().toEqualTypeOf<
    Exclude<keyof BedrockClientOptions, 'baseUrl' | 'apiKey' | 'fetch'>
  >();
  expectTypeOf<{ [Key in keyof MockClientOptions]-?: undefined }>().toExtend<MockClientOptions>();
});

test('misuse does not compile', () => {
  // @ts-expect-error: details of another code
  () => proxy.error('quota_exceeded', { details: { available: [] } });
  // @ts-expect-error: a detail of another type
  () => proxy.error('quota_exceeded', { details: { max: '5' } });
  // @ts-expect-error: a code without details
  () => proxy.error('unauthenticated', { details: { available: [] } });
  // @ts-expect-error: a code that the client makes itself
  () => proxy.error('timeout');
  // @ts-expect-error: the fetch is that of the proxy
  () => createMockClient(proxy, { fetch: globalThis.fetch });
  // @ts-expect-error: an option of a call
  () => createMockClient(proxy, { maxTokens: 5 });
});
