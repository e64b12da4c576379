import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorCodes, errorDefinition, errorEnvelope, isErrorCode } from './errors.ts';
import { ErrorEnvelopeSchema } from './response-schemas.ts';
import { errorsOf, routes } from './routes.ts';

test('a wait is asked for only if trying again helps, and never for more than a minute', () => {
  for (const code of errorCodes) {
    const { retryable, retryAfterSeconds } = errorDefinition(code);
    if (retryAfterSeconds === undefined) continue;
    expect([code, retryable]).toEqual([code, true]);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  }
});

test('the envelope of any error can be read back', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...errorCodes),
      fc.option(fc.string(), { nil: undefined }),
      fc.option(fc.string(), { nil: undefined }),
      fc.string(),
      (code, message, param, requestId) => {
        const envelope = errorEnvelope({ code, message, param }, requestId);
        expect(ErrorEnvelopeSchema.parse(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
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
  expect(ErrorEnvelopeSchema.parse(newer).error.code).toBe('card_expired');
  expect(isErrorCode('card_expired')).toBe(false);
  expect(isErrorCode('toString')).toBe(false);
});

test("a route that asks a model also has the other routes' errors, and no route has the error for unknown routes", () => {
  expect(errorsOf(routes.ask)).toEqual(expect.arrayContaining([...errorsOf(routes.usage)]));
  expect(errorsOf(routes.usage)).toContain('rate_limited');
  expect(errorsOf(routes.usage)).not.toContain('model_throttled');
  expect(errorsOf(routes.ask)).not.toContain('unknown_route');
});
