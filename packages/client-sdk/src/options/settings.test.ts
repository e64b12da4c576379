import { afterEach, expect, test, vi } from 'vitest';
import { createBedrockClient } from '../client.ts';
import { ConfigurationError } from '../errors/errors.ts';
import type { BedrockClientOptions } from './options.ts';

const key = 'planted-key-0123456789';
const good = { baseUrl: 'https://proxy.example/dev', apiKey: key };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

function refusal(options: unknown): ConfigurationError {
  try {
    createBedrockClient(options as BedrockClientOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error;
    }
    throw error;
  }
  throw new Error('The options were accepted.');
}

test.each<[string, unknown, string, RegExp]>([
  ['no baseUrl', { apiKey: key }, 'baseUrl', /not set.* BEDROCK_PROXY_URL/],
  ['an empty baseUrl', { ...good, baseUrl: '' }, 'baseUrl', /not set.* BEDROCK_PROXY_URL/],
  ['a baseUrl that is not a URL', { ...good, baseUrl: 'proxy/dev' }, 'baseUrl', /BEDROCK_PROXY_URL/],
  ['a baseUrl of another protocol', { ...good, baseUrl: 'ftp://proxy.example' }, 'baseUrl', /https/],
  ['a baseUrl with a query', { ...good, baseUrl: 'https://proxy.example/dev?x=1' }, 'baseUrl', /query/],
  ['a baseUrl with a password', { ...good, baseUrl: `https://me:${key}@b.example` }, 'baseUrl', /password/],
  ['http: beyond this machine', { ...good, baseUrl: 'http://proxy.example' }, 'baseUrl', /allowInsecure/],
  ['no apiKey', { baseUrl: good.baseUrl }, 'apiKey', /not set.* BEDROCK_PROXY_API_KEY/],
  ['an empty apiKey', { ...good, apiKey: '' }, 'apiKey', /not set.* BEDROCK_PROXY_API_KEY/],
  ['an apiKey with a line break', { ...good, apiKey: `${key}\n` }, 'apiKey', /line break/],
  ['an apiKey that is not a string', { ...good, apiKey: 42 }, 'apiKey', /apiKey/],
  ['a fetch that is not a function', { ...good, fetch: 'fetch' }, 'fetch', /function/],
  ['no time at all', { ...good, timeoutMs: 0 }, 'timeoutMs', /milliseconds/],
  ['a timeout that is not a number', { ...good, timeoutMs: '30' }, 'timeoutMs', /milliseconds/],
  ['a deadline beyond what timers can wait', { ...good, deadlineMs: 2 ** 31 }, 'deadlineMs', /milliseconds/],
  ['a deadline of NaN', { ...good, deadlineMs: Number.NaN }, 'deadlineMs', /milliseconds/],
  ['negative retries', { ...good, maxRetries: -1 }, 'maxRetries', /whole number/],
  ['an option that does not exist', { ...good, timeout: 5 }, 'timeout', /Unknown option "timeout"/],
  ['half a retry', { ...good, maxRetries: 0.5 }, 'maxRetries', /whole number/],
])('%s is refused at once, and the message names the option', (_, options, field, message) => {
  const error = refusal(options);
  expect(error).toMatchObject({ code: 'invalid_configuration', field, attempts: 0 });
  expect(error.message).toMatch(message);
  expect(error.message).not.toContain(key);
});

test('an option that does not exist is as none where it is undefined', () => {
  const options = { ...good, timeout: undefined };
  expect(() => createBedrockClient(options)).not.toThrow();
});

test.each([
  'http://localhost:3000/dev',
  'http://api.localhost/dev',
  'http://127.0.0.1:3000',
  'http://127.8.8.8',
  'http://[::1]:3000/dev',
])('http: to this machine is allowed: %s', (baseUrl) => {
  expect(() => createBedrockClient({ ...good, baseUrl })).not.toThrow();
});

test.each(['http://localhost.example', 'http://127.0.0.1.example', 'http://example/localhost'])(
  'a host that only looks like this machine is refused: %s',
  (baseUrl) => {
    expect(refusal({ ...good, baseUrl }).field).toBe('baseUrl');
  },
);

test('http: to another machine is allowed where it is asked for', () => {
  expect(() => createBedrockClient({ ...good, baseUrl: 'http://proxy', allowInsecure: true })).not.toThrow();
});

test('without an environment, options are enough, and a missing one is named', () => {
  vi.stubGlobal('process', undefined);
  expect(() => createBedrockClient(good)).not.toThrow();
  expect(refusal({}).field).toBe('baseUrl');
});

test('an environment that may not be read is none', () => {
  const env = new Proxy(
    {},
    {
      get() {
        throw new Error('Requires env access');
      },
    },
  );
  vi.stubGlobal('process', { env });
  expect(refusal({}).field).toBe('baseUrl');
});

test('a web page is refused unless it is allowed', () => {
  vi.stubGlobal('window', { document: {} });
  expect(refusal(good).field).toBe('dangerouslyAllowBrowser');
  expect(() => createBedrockClient({ ...good, dangerouslyAllowBrowser: true })).not.toThrow();
});

test('a worker that has a window without a document is not a web page', () => {
  vi.stubGlobal('window', {});
  expect(() => createBedrockClient(good)).not.toThrow();
});
