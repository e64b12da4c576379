import { errorCodes, errorDefinition, errorEnvelope } from '@org/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorClasses } from './error-codes.ts';
import { errorFromResponse } from './error-from-response.ts';
import { InvalidRequestError } from './errors.ts';
import { BedrockProxyError } from './proxy-error.ts';

const context = { attempts: 2, now: 0 };

function read(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return errorFromResponse({ status, headers: new Headers(headers), text }, context);
}

describe('an envelope of the proxy', () => {
  test.each(errorCodes)('%s keeps its code, and becomes the class of that code', (code) => {
    const { status, message, retryable } = errorDefinition(code);
    expect(read(status, errorEnvelope({ code }, 'request-1'))).toMatchObject({
      name: errorClasses[code],
      code,
      status,
      message,
      retryable,
      requestId: 'request-1',
      attempts: 2,
      serverCode: undefined,
    });
  });

  const resetsAt = '2026-11-23T00:00:00Z';
  const quota = { limit: 'tokens', period: 'day', scope: 'team', max: 1000, used: 990 };
  const newer = { limit: 'images', period: 'week', scope: 'account' };

  test.each<[string, object, object]>([
    ['says which, and when it resets', { ...quota, resetsAt }, { ...quota, resetsAt: new Date(resetsAt) }],
    [
      'from a newer server says what can be read of it',
      { ...newer, max: '9', resetsAt },
      { ...newer, max: undefined, resetsAt: new Date(resetsAt) },
    ],
    ['with a reset that is not a date has none', { resetsAt: 'soon' }, { resetsAt: undefined }],
  ])('of a quota %s', (_, details, expected) => {
    const { error, ...rest } = errorEnvelope({ code: 'quota_exceeded' }, 'request-1');
    expect(read(429, { ...rest, error: { ...error, details } })).toMatchObject(expected);
  });

  const excess = { limit: 'tokens', period: 'day', scope: 'key', max: 1000, needed: 1170 } as const;

  test.each<[string, object, object | undefined]>([
    ['says which, and how much it needs', excess, excess],
    ['without its numbers has none', { limit: 'tokens' }, undefined],
  ])('of a call that exceeds a limit alone %s', (_, details, expected) => {
    const { error, ...rest } = errorEnvelope({ code: 'exceeds_limit' }, 'request-1');
    const read400 = read(400, { ...rest, error: { ...error, details } });
    expect(read400).toBeInstanceOf(InvalidRequestError);
    expect(read400).toMatchObject({ code: 'exceeds_limit', excess: expected });
  });

  test('of another fault than an excess has none', () => {
    expect(read(400, errorEnvelope({ code: 'context_too_long' }, 'r'))).toMatchObject({ excess: undefined });
  });

  test('that a limit by minute is used up has its numbers', () => {
    const resetsAt = '2026-11-22T12:01:00.000Z';
    const numbers = { limit: 'requests', period: 'minute', scope: 'team', max: 60, used: 60 } as const;
    const details = { ...numbers, resetsAt };
    expect(read(429, errorEnvelope({ code: 'rate_limited', details }, 'r'))).toMatchObject({
      ...{ name: 'RateLimitedError', retryable: true },
      ...numbers,
      resetsAt: new Date(resetsAt),
    });
    expect(read(429, errorEnvelope({ code: 'rate_limited' }, 'r'))).toMatchObject({ limit: undefined });
  });

  test('names the faults of a request, and the field', () => {
    const issues = [{ path: 'maxTokens', message: 'must be at least 1' }];
    const body = errorEnvelope({ code: 'invalid_request', param: 'maxTokens', details: { issues } }, 'r');
    expect(read(400, body)).toMatchObject({ issues, param: 'maxTokens' });
  });

  test.each(['unknown_model', 'model_not_allowed'] as const)('lists the models on %s', (code) => {
    const body = errorEnvelope({ code, details: { available: ['llama', 'titan'] } }, 'request-1');
    expect(read(errorDefinition(code).status, body)).toMatchObject({ available: ['llama', 'titan'] });
  });

  test.each([
    [400, 'invalid_request'],
    [401, 'unauthenticated'],
    [403, 'model_not_allowed'],
    [404, 'unknown_route'],
    [409, 'invalid_request'],
    [413, 'request_too_large'],
    [429, 'rate_limited'],
    [500, 'internal'],
    [503, 'internal'],
    [504, 'model_timeout'],
  ])('with a code of a newer server at %d is the nearest code, and keeps its own', (status, code) => {
    const body = { type: 'error', error: { type: 'new_error', code: 'brand_new', message: 'New.' } };
    expect(read(status, body)).toMatchObject({ code, serverCode: 'brand_new', message: 'New.' });
  });
});

describe('an error of API Gateway itself', () => {
  test.each([
    [429, 'LimitExceededException', { message: 'Limit Exceeded' }, 'quota_exceeded', false],
    [429, 'TooManyRequestsException', { message: 'Too Many Requests' }, 'rate_limited', true],
    [403, 'ForbiddenException', { message: 'Forbidden' }, 'unauthenticated', false],
    [401, 'UnauthorizedException', { message: 'Unauthorized' }, 'unauthenticated', false],
    [403, 'AccessDeniedException', { Message: 'User is not authorized ...' }, 'unauthenticated', false],
    [
      403,
      'MissingAuthenticationTokenException',
      { message: 'Missing Authentication Token' },
      'unknown_route',
      false,
    ],
    [400, 'BadRequestException', { message: 'Invalid request body' }, 'invalid_json', false],
    [413, 'RequestTooLargeException', { message: 'Request Too Long' }, 'request_too_large', false],
    [413, '', 'HTTP content length exceeded 10485760 bytes.', 'request_too_large', false],
    [502, 'InternalServerErrorException', { message: 'Internal server error' }, 'internal', true],
    [504, 'InternalServerErrorException', { message: 'Endpoint request timed out' }, 'model_timeout', false],
  ])('%d %s is known with its header and without it', (status, type, body, code, retryable) => {
    const headers = { 'x-amzn-errortype': `${type}:http://example.com/`, 'x-amzn-requestid': 'gateway-1' };
    const expected = { code, status, retryable, requestId: 'gateway-1' };
    expect(read(status, body, headers)).toMatchObject(expected);
    expect(read(status, body, { 'x-amzn-requestid': 'gateway-1' })).toMatchObject(expected);
  });

  test('is known by its header where the body was customised', () => {
    const error = read(429, { oops: 1 }, { 'x-amzn-errortype': 'LimitExceededException' });
    expect(error).toMatchObject({ name: 'QuotaExceededError', limit: undefined, scope: undefined });
  });

  test('says that it is its own quota, which has no numbers', () => {
    const { message } = read(429, { message: 'Limit Exceeded' });
    expect(message).toContain("API Gateway's own quota");
    expect(message).toContain('refused requests and usage too');
  });

  test('that its authorizer is set up wrongly is known by its header alone', () => {
    const body = { message: null };
    const headers = { 'x-amzn-errortype': 'AuthorizerConfigurationException' };
    expect(read(500, body, headers)).toMatchObject({ code: 'internal', retryable: true });
    expect(read(500, body)).toMatchObject({ code: 'internal', retryable: false });
  });

  test('is a quota only with status 429', () => {
    expect(read(500, { message: 'Limit Exceeded' })).toMatchObject({ code: 'internal' });
  });
});

describe('x-should-retry is obeyed', () => {
  test.each([
    ['false', 'internal', false],
    ['true', 'upstream_denied', true],
    ['true', 'model_timeout', true],
    ['maybe', 'internal', true],
    ['true', 'quota_exceeded', false],
  ] as const)('%s on %s', (value, code, retryable) => {
    const body = errorEnvelope({ code }, 'request-1');
    const error = read(errorDefinition(code).status, body, { 'x-should-retry': value });
    expect(error.retryable).toBe(retryable);
  });
});

test('an answer of something else gives a short message, without its text', () => {
  const page = '<html><h1>502 Bad Gateway</h1></html>';
  const error = read(502, page, { 'content-type': 'text/html' });
  expect(error).toMatchObject({ name: 'ServerError', code: 'internal', status: 502, retryable: false });
  expect(error.message).not.toContain('<');
  expect(error.message.length).toBeLessThan(120);
});

describe('a failure that nothing explains', () => {
  const unknownCode = { type: 'error', error: { type: 'new_error', code: 'brand_new', message: 'New.' } };

  test.each([
    [500, '<html>'],
    [502, { message: 'Bad Gateway' }],
    [503, ''],
    [599, 'null'],
    [503, unknownCode],
  ])('of %d %j is retryable only if it says so, because the model may have answered', (status, body) => {
    expect(read(status, body)).toMatchObject({ code: 'internal', retryable: false });
    expect(read(status, body, { 'x-should-retry': 'maybe' }).retryable).toBe(false);
    expect(read(status, body, { 'x-should-retry': 'true' }).retryable).toBe(true);
  });

  test('of 429 is a rate limit, and retryable: who says so has refused the request', () => {
    expect(read(429, '<html>')).toMatchObject({ code: 'rate_limited', retryable: true });
  });
});

test('a redirect or another status below 400 is not a response of this proxy', () => {
  expect(read(302, '')).toMatchObject({ code: 'invalid_response', status: 302 });
});

test('the request id in the body comes before those of headers, and an empty one is none', () => {
  const body = errorEnvelope({ code: 'internal' }, '');
  expect(read(500, body, { 'x-request-id': 'ours', 'x-amzn-requestid': 'theirs' }).requestId).toBe('ours');
  expect(read(500, body, { 'x-amzn-requestid': 'theirs' }).requestId).toBe('theirs');
  expect(read(500, body).requestId).toBeUndefined();
});

test('any status with any body is an error of this package, and never shows a body that is not an envelope', () => {
  const bodies = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        type: fc.constant('error'),
        error: fc.record({
          type: fc.string(),
          code: fc.oneof(fc.string(), fc.constantFrom(...errorCodes, '__proto__', 'toString')),
          message: fc.string(),
          details: fc.jsonValue(),
        }),
      })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), bodies, (status, body) => {
      const error = read(status, body);
      expect(error).toBeInstanceOf(BedrockProxyError);
      expect(error.status).toBe(status);
      expect(read(status, `${body}<secret>`).message).not.toContain('<secret>');
    }),
    { numRuns: 500 },
  );
});
