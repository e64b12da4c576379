import { afterEach, expect, test, vi } from 'vitest';
import { createBedrockClient } from '../client.ts';
import { ConfigurationError } from '../errors/errors.ts';
import { isBrowser } from './environment.ts';
import type { BedrockClientOptions } from './options.ts';

/** Whether these tests run in one, which cannot look like another runtime. */
const isWebPage = isBrowser();

const key = 'planted-key-0123456789';
const unguarded = { baseUrl: 'https://proxy.example/dev', apiKey: key };
const allowed = { dangerouslyAllowBrowser: true };
const good = { ...unguarded, ...allowed };

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
  ['no baseUrl', { ...allowed, apiKey: key }, 'baseUrl', /not set.* BEDROCK_PROXY_URL/],
  ['an empty baseUrl', { ...good, baseUrl: '' }, 'baseUrl', /not set.* BEDROCK_PROXY_URL/],
  ['a baseUrl that is not a URL', { ...good, baseUrl: 'proxy/dev' }, 'baseUrl', /BEDROCK_PROXY_URL/],
  ['a baseUrl of another protocol', { ...good, baseUrl: 'ftp://proxy.example' }, 'baseUrl', /https/],
  ['a baseUrl with a query', { ...good, baseUrl: 'https://proxy.example/dev?x=1' }, 'baseUrl', /query/],
  ['a baseUrl with a password', { ...good, baseUrl: `https://me:${key}@b.example` }, 'baseUrl', /password/],
  ['http: beyond this machine', { ...good, baseUrl: 'http://proxy.example' }, 'baseUrl', /allowInsecure/],
  ['no apiKey', { ...allowed, baseUrl: good.baseUrl }, 'apiKey', /not set.* BEDROCK_PROXY_API_KEY/],
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
  expect(refusal(allowed).field).toBe('baseUrl');
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
  expect(refusal(allowed).field).toBe('baseUrl');
});

const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** The globals that say where a program runs. */
function runIn(globals: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}

test.each<[string, Record<string, unknown>]>([
  ['a web page', { window: { document: {} }, navigator: { userAgent: chrome } }],
  // In the renderer of Electron too, each user of the app can read the key.
  ['a page of Electron', { window: { document: {} }, navigator: { userAgent: `${chrome} Electron/40.0.0` } }],
  ['a worker of a page', { WorkerGlobalScope: class {}, navigator: { userAgent: chrome } }],
  ['a shared worker or a service worker', { WorkerGlobalScope: class {}, navigator: { userAgent: firefox } }],
])('%s is refused unless it is allowed, and is a browser', { skip: isWebPage }, async (_, globals) => {
  runIn(globals);
  expect(refusal(unguarded)).toMatchObject({ field: 'dangerouslyAllowBrowser' });
  let sent: Record<string, string> = {};
  const client = createBedrockClient({
    ...good,
    fetch: async (_url, { headers }) => {
      sent = headers;
      return Response.json({ limits: [] });
    },
  });
  await client.usage();
  expect(sent['x-bedrock-client']).toContain('runtime=browser;');
  expect(sent).not.toHaveProperty('user-agent');
});

test.each<[string, Record<string, unknown>]>([
  ['Node, and the main process of Electron', { navigator: { userAgent: 'Node.js/24' } }],
  ['Deno', { WorkerGlobalScope: undefined, navigator: { userAgent: 'Deno/2.9.0' } }],
  ['a worker of Deno', { WorkerGlobalScope: class {}, navigator: { userAgent: 'Deno/2.9.0' } }],
  ['Bun', { self: globalThis, navigator: { userAgent: 'Bun/1.4.0' } }],
  ['workerd', { WorkerGlobalScope: class {}, navigator: { userAgent: 'Cloudflare-Workers' } }],
  ['workerd of an old date', { WorkerGlobalScope: class {}, navigator: undefined }],
  ['React Native', { window: globalThis, navigator: { product: 'ReactNative' } }],
  ['a runtime whose window has no document', { window: {} }],
])('%s is not a web page', { skip: isWebPage }, async (_, globals) => {
  runIn(globals);
  let sent: Record<string, string> = {};
  const fetch = async (_url: string, { headers }: { headers: Record<string, string> }) => {
    sent = headers;
    return Response.json({ limits: [] });
  };
  await createBedrockClient({ ...unguarded, fetch }).usage();
  expect(sent['user-agent']).toMatch(/^bedrock-client\//);
});
