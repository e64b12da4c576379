import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { connectionError } from './connection-error.ts';

const apiKey = 'planted-key-0123456789';
const read = (thrown: unknown) => connectionError(thrown, { attempts: 1, apiKey });

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

  test('where every address of a host refused', () => {
    const refused = Object.assign(new AggregateError([new Error('a'), new Error('b')]), {
      code: 'ECONNREFUSED',
    });
    expect(read(new TypeError('fetch failed', { cause: refused })).retryable).toBe(true);
  });

  test('where another runtime puts the code on the error itself', () => {
    expect(read(Object.assign(new Error('Unable to connect'), { code: 'ConnectionRefused' })).retryable).toBe(
      true,
    );
  });
});

describe('it may have been sent, and billed, so it is not retryable', () => {
  test.each([
    { code: 'ECONNRESET', syscall: 'read' },
    { code: 'ETIMEDOUT', syscall: 'read' },
    { code: 'EPIPE', syscall: 'write' },
    { code: 'UND_ERR_SOCKET' },
    { code: 'UND_ERR_HEADERS_TIMEOUT' },
    {},
  ])('%j', (fields) => {
    expect(read(fetchFailed(fields))).toMatchObject({ name: 'ConnectionError', retryable: false });
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

test('what is thrown is not chained, for it may hold the request; its message goes without the key', () => {
  const thrown = Object.assign(new TypeError(`"${apiKey}" is no header`), {
    request: { headers: { 'x-api-key': apiKey } },
  });
  const error = read(thrown);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(apiKey);
  expect(error.cause).toMatchObject({ message: '"[API key]" is no header' });
});
