import { expect, test } from 'vitest';
import {
  AbortedError,
  AuthenticationError,
  ConfigurationError,
  InvalidRequestError,
  isBedrockProxyError,
  QuotaExceededError,
} from './errors.ts';
import { BedrockProxyError } from './proxy-error.ts';

const quota = new QuotaExceededError({
  message: 'The monthly quota is used up.',
  status: 429,
  requestId: 'request-1',
  attempts: 1,
  retryAfterMs: 43_200_000,
  limit: 'requests',
  period: 'month',
  scope: 'team',
  max: 100,
  used: 100,
  resetsAt: new Date('2026-12-01T00:00:00Z'),
});

test('an object that only looks like an error of this package is not an instance', () => {
  for (const value of [undefined, null, 'quota_exceeded', { ...quota }, new Error('quota_exceeded')]) {
    expect(value instanceof BedrockProxyError).toBe(false);
    expect(isBedrockProxyError(value)).toBe(false);
  }
});

test('a class that a user derives has only its own instances', () => {
  class OurQuotaError extends QuotaExceededError {}
  const ours = new OurQuotaError({ message: 'Ours.' });
  expect(ours).toBeInstanceOf(OurQuotaError);
  expect(ours).toBeInstanceOf(QuotaExceededError);
  expect(quota).not.toBeInstanceOf(OurQuotaError);
});

test('JSON has name, message and every field, but no stack and no cause', () => {
  const aborted = new AbortedError({ message: 'The call was aborted.', cause: new Error('private') });
  expect(JSON.parse(JSON.stringify(quota))).toEqual({
    name: 'QuotaExceededError',
    message: 'The monthly quota is used up.',
    code: 'quota_exceeded',
    status: 429,
    requestId: 'request-1',
    attempts: 1,
    retryable: false,
    retryAfterMs: 43_200_000,
    limit: 'requests',
    period: 'month',
    scope: 'team',
    max: 100,
    used: 100,
    resetsAt: '2026-12-01T00:00:00.000Z',
  });
  expect(JSON.stringify(aborted)).not.toContain('private');
});

test('an error can be made with a message and its own fields alone', () => {
  expect(new AuthenticationError({ message: 'No key.' })).toMatchObject({ attempts: 0, retryable: false });
  expect(new ConfigurationError({ message: 'No key.', field: 'apiKey' })).toMatchObject({ field: 'apiKey' });
  expect(new InvalidRequestError({ message: 'Wrong.', code: 'invalid_json' })).toMatchObject({ issues: [] });
});
