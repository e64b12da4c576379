import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErrorEnvelope, errorCodes, errorDefinition, errorEnvelope, isErrorCode } from './errors.ts';
import { routes } from './routes.ts';

test('every code has its status and its answer to whether to try again', () => {
  const table = errorCodes.map((code) => [
    code,
    errorDefinition(code).status,
    errorDefinition(code).retryable,
  ]);
  expect(table).toEqual([
    ['invalid_json', 400, false],
    ['invalid_request', 400, false],
    ['context_too_long', 400, false],
    ['unsupported_feature', 400, false],
    ['unauthenticated', 401, false],
    ['access_denied', 403, false],
    ['model_not_allowed', 403, false],
    ['unknown_model', 404, false],
    ['unknown_route', 404, false],
    ['request_too_large', 413, false],
    ['exceeds_limit', 400, false],
    ['quota_exceeded', 429, false],
    ['rate_limited', 429, true],
    ['model_throttled', 429, true],
    ['upstream_error', 502, true],
    ['upstream_denied', 502, false],
    ['invalid_output', 502, false],
    ['model_unavailable', 503, false],
    ['limits_unavailable', 503, true],
    ['model_timeout', 504, false],
    ['internal', 500, true],
  ]);
});

test('a wait is asked for only where trying again helps, and never for more than a minute', () => {
  for (const code of errorCodes) {
    const { retryable, retryAfterSeconds } = errorDefinition(code);
    if (retryAfterSeconds === undefined) continue;
    expect([code, retryable]).toEqual([code, true]);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  }
});

test('whatever a maker states, the envelope can be read back', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...errorCodes),
      fc.option(fc.string(), { nil: undefined }),
      fc.option(fc.string(), { nil: undefined }),
      fc.string(),
      (code, message, param, requestId) => {
        const envelope = errorEnvelope({ code, message, param }, requestId);
        expect(ErrorEnvelope.parse(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
        expect(envelope.error.message).toBe(message ?? errorDefinition(code).message);
      },
    ),
  );
});

test('an envelope of a newer server, with codes and fields that are not known here, can be read', () => {
  const newer = {
    type: 'error',
    error: { type: 'billing_error', code: 'card_expired', message: 'Pay.', hint: 'x' },
    request_id: 'r',
    more: true,
  };
  expect(ErrorEnvelope.parse(newer).error.code).toBe('card_expired');
  expect(isErrorCode('card_expired')).toBe(false);
  expect(isErrorCode('toString')).toBe(false);
});

test('every code but that of unknown routes can come from asking', () => {
  const others = errorCodes.filter((code) => !(routes.ask.errors as readonly string[]).includes(code));
  expect(others).toEqual(['unknown_route']);
});
