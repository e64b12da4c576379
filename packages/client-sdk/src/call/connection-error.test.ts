import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isHappyDom } from '../../test/happy-dom.ts';
import { serve } from '../../test/loopback-server.ts';
import { scene } from '../../test/scene.ts';
import { connectionError } from './connection-error.ts';

const apiKey = 'planted-key-0123456789';
const baseUrl = 'https://proxy.example/dev';
const read = (thrown: unknown, billable = true) =>
  connectionError(thrown, { facts: { attempts: 1 }, apiKey, baseUrl, billable });

/** As undici throws: a TypeError whose cause has the code. */
const fetchFailed = (fields: object) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error('the cause'), fields) });

describe('nothing was sent, so it is retryable', () => {
  test.each([
    { code: 'ECONNREFUSED', syscall: 'connect' },
    { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
    { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
    { code: 'ETIMEDOUT', syscall: 'connect' },
    { code: 'EHOSTUNREACH' },
    { code: 'ENETUNREACH' },
    { code: 'UND_ERR_CONNECT_TIMEOUT' },
  ])('%j', (fields) => {
    const error = read(fetchFailed(fields));
    expect(error).toMatchObject({ retryable: true, cause: { message: 'the cause', code: fields.code } });
    expect(error.message).toContain(fields.code);
  });

  test.each<[string, Error]>([
    [
      'every address of a host refused',
      new TypeError('fetch failed', {
        cause: Object.assign(new AggregateError([new Error('a'), new Error('b')]), { code: 'ECONNREFUSED' }),
      }),
    ],
    [
      'Deno has words and no code',
      new TypeError('fetch failed', {
        cause: new Error('error sending request for url (https://proxy.example/): client error (Connect)'),
      }),
    ],
    [
      'another runtime puts the code on the error itself',
      Object.assign(new Error('Unable to connect'), { code: 'ConnectionRefused' }),
    ],
  ])('where %s', (_, thrown) => {
    expect(read(thrown).retryable).toBe(true);
  });

  test('where several addresses of a host failed, each in its way', () => {
    const parts = [
      Object.assign(new Error('a'), { code: 'ETIMEDOUT', syscall: 'connect' }),
      Object.assign(new Error('b'), { code: 'EHOSTUNREACH' }),
    ];
    const failed = Object.assign(new AggregateError(parts), { code: 'ETIMEDOUT' });
    expect(read(new TypeError('fetch failed', { cause: failed })).retryable).toBe(true);
    const unknown = Object.assign(new AggregateError([...parts, new Error('c')]), { code: 'ETIMEDOUT' });
    expect(read(new TypeError('fetch failed', { cause: unknown })).retryable).toBe(false);
  });
});

test('a connection that breaks before it is secure has sent nothing, and is tried again', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.once('data', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address?.port;
  const { client } = await scene(() => {}, { baseUrl: `https://127.0.0.1:${port}` });
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ name: 'ConnectionError', attempts: 3, retryable: true });
  expect(error?.message).toContain('Nothing was sent.');
  expect(connections).toBe(3);
});

describe('a connection that cannot be made secure sends nothing, and a retry would not help', () => {
  test.each([
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'INVALID_CA',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('%s', (code) => {
    expect(read(fetchFailed({ code }))).toMatchObject({
      retryable: false,
      message:
        `Could not connect to the proxy at ${baseUrl} (${code}). Nothing was sent. Check baseUrl, or set ` +
        "NODE_EXTRA_CA_CERTS to your company's CA.",
      cause: { code },
    });
  });
});

test.each([
  ['a server without TLS', async () => (await serve(() => {})).url.replace('http:', 'https:'), 'VERSION'],
  ['a port that fetch refuses', () => 'http://127.0.0.1:6000', 'Check baseUrl and the network.'],
])(
  '%s is an error that says that nothing was sent, once',
  { skip: isHappyDom },
  async (_name, urlOf, said) => {
    const { client } = await scene(() => {}, { baseUrl: await urlOf() });
    const { error } = await client.safeAsk('llama', 'Hi');
    expect(error).toMatchObject({ name: 'ConnectionError', attempts: 1, retryable: false });
    expect(error?.message).toContain('Nothing was sent.');
    expect(error?.message).toContain(said);
  },
);

test.each([
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the handshake failed', ': does the server speak https there?'],
  [undefined, 'Proxy response (407) !== 200 when HTTP Tunneling', ', and the HTTP proxy in between.'],
  // The words of Deno.
  [undefined, 'Requests to port 6000 are blocked', ' and the network.'],
])('what refused the connection is named: %s %s', (code, words, advice) => {
  const cause = Object.assign(new Error(words), { code });
  const error = read(new TypeError('fetch failed', { cause }));
  expect(error.retryable).toBe(false);
  expect(error.message).toMatch(/sent\. Check baseUrl[^.?]+[.?]$/);
  expect(error.message).toContain(`Nothing was sent. Check baseUrl${advice}`);
});

test('what asks for a sign-in in between is said, and that the question did not come further', async () => {
  const { client, calls } = await scene((response) => response.writeHead(407).end());
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ name: 'ConnectionError', attempts: 1, retryable: false });
  expect(error?.message).toContain('(HTTP 407). Give its user and password');
  await expect(client.models()).rejects.toMatchObject({ attempts: 1, retryable: false });
  expect(calls).toHaveLength(2);
});

test('a sign-in that a fetch lets see is said as well', async () => {
  const { client } = await scene(() => {}, { fetch: async () => new Response('', { status: 407 }) });
  const { error } = await client.safeAsk('llama', 'Hi');
  expect(error).toMatchObject({ name: 'ConnectionError', status: 407, attempts: 1, retryable: false });
  expect(error?.message).toContain('(HTTP 407). Give its user and password');
});

test('what costs nothing is sent again after any break, and is not said to be billed', () => {
  const error = read(fetchFailed({ code: 'ECONNRESET', syscall: 'read' }), false);
  expect(error.retryable).toBe(true);
  expect(error.message).toContain('ECONNRESET');
  expect(error.message).not.toContain('billed');
  expect(read(fetchFailed({ code: 'CERT_HAS_EXPIRED' }), false).retryable).toBe(false);
});

test('an error in a custom fetch keeps its name and its stack, without the key', () => {
  const cause = read(new RangeError(`no ${apiKey}`)).cause;
  expect(cause).toMatchObject({
    name: 'RangeError',
    message: 'no [API key]',
    stack: expect.stringMatching(/^RangeError: no \[API key\]\n.*connection-error\.test\.ts/),
  });
});

const readOnPage = (thrown: unknown, pageHeaders: readonly string[] = [], facts = {}) =>
  connectionError(thrown, {
    facts: { attempts: 1, ...facts },
    apiKey,
    baseUrl,
    billable: true,
    pageHeaders,
  });

describe('on a web page, which never learns why it got no answer', () => {
  test.each(['Failed to fetch', 'NetworkError when attempting to fetch resource.', 'Load failed'])(
    'of %j it says what CORS needs, and that only what was held back was not billed',
    (words) => {
      const error = readOnPage(new TypeError(words));
      expect(error).toMatchObject({ retryable: false, cause: { message: words } });
      expect(error.message).toBe(
        `No answer came from the proxy at ${baseUrl}, and nothing says whether the request was sent. Check baseUrl and the network, and that the ` +
          'proxy lets pages of this origin call it (CORS). Unless the browser held it back, the call may have been ' +
          'billed, so it is not retried.',
      );
    },
  );

  test('it names the headers that the call adds, because CORS has to allow each', () => {
    expect(readOnPage(new TypeError('Failed to fetch'), ['x-tenant', 'x-trace']).message).toContain(
      'lets pages of this origin call it (CORS) with x-tenant, x-trace.',
    );
  });

  test('it does not blame CORS for an answer that breaks off', () => {
    const error = readOnPage(new TypeError('network error'), [], { status: 200 });
    expect(error.message).toBe(
      'The connection broke before the whole answer arrived. The call may have been billed, so it is not retried.',
    );
  });
});

test('a failure that does not say whether there was a connection is not said to have broken one', () => {
  // What workerd says, also where nothing listens.
  const error = read(new Error('Network connection lost.'));
  expect(error.message).toBe(
    `No answer came from the proxy at ${baseUrl}, and nothing says whether the request was sent. Check baseUrl and the network. The call may have ` +
      'been billed, so it is not retried.',
  );
  expect(read(new Error('Network connection lost.'), false)).toMatchObject({
    retryable: true,
    message: expect.not.stringContaining('billed'),
  });
});

test.each([
  [
    'a',
    'a TypeError: all was a loss; a-b, (a)',
    '[API key] TypeError: all was [API key] loss; [API key]-b, ([API key])',
  ],
  ['a+b', 'a+b and xa+by', '[API key] and xa+by'],
  [apiKey, `x${apiKey}y, ${apiKey}`, 'x[API key]y, [API key]'],
])('the key %j is taken out of what is said: a short one where it stands alone', (key, message, said) => {
  const context = { facts: { attempts: 1 }, apiKey: key, baseUrl, billable: true };
  expect(connectionError(new Error(message), context)).toMatchObject({ cause: { message: said } });
});

describe('it may have been sent, and billed, so it is not retryable', () => {
  test.each([
    { code: 'ECONNRESET', syscall: 'read' },
    { code: 'ETIMEDOUT', syscall: 'read' },
    { code: 'EPIPE', syscall: 'write' },
    { code: 'UND_ERR_SOCKET' },
    { code: 'UND_ERR_HEADERS_TIMEOUT' },
    { code: 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC' },
    { code: 'HPE_INVALID_VERSION' },
    {},
  ])('%j', (fields) => {
    const error = read(fetchFailed(fields));
    expect(error).toMatchObject({ name: 'ConnectionError', retryable: false });
    expect(error.message).toContain('may have been billed');
  });
});

test.each([undefined, null, 'text', 42, {}, new Error(''), { message: 7, code: {} }])(
  'whatever is thrown becomes a connection error: %j',
  (thrown) => {
    expect(read(thrown)).toMatchObject({ code: 'connection_failed', cause: { message: 'fetch failed' } });
  },
);

test('causes that go in a circle come to an end', () => {
  const error = new Error('round');
  error.cause = error;
  expect(read(error)).toMatchObject({ cause: { message: 'round' } });
});
