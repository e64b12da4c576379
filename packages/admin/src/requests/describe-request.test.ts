import { expect, test } from 'vitest';
import { describeRequest } from './describe-request.ts';
import type { RequestLookup } from './find-request.ts';

const lookup: RequestLookup = {
  ...{ id: 'id', from: '2026-11-21T12:00:00Z', to: '2026-11-22T12:00:00Z' },
  ...{ hasAccessLog: true, searchedBytes: 0 },
};
const line = { timestamp: '2026-11-22T11:00:00Z', message: 'request', requestId: 'id' } as const;

test('what API Gateway refused is said as its access log has it', () => {
  const access = {
    ...{ requestTime: '', apiKeyId: '-', httpMethod: 'POST', resourcePath: '/bedrock' },
    ...{ status: '429', responseType: 'THROTTLED', responseLatencyMs: '2' },
  };
  expect(describeRequest({ ...lookup, access })).toEqual([
    'API Gateway itself answered POST /bedrock with status 429, because of THROTTLED.',
  ]);
  const request = { ...line, status: 200, totalMs: 1234 };
  expect(describeRequest({ ...lookup, access, request })).toEqual([
    'It was answered with status 200 after 1.2 s.',
  ]);
});

test.each([
  [
    { limit: 'usd', period: 'month', scope: 'team', max: 60, used: 9.5, allowedNow: 10 },
    'The limit usd/month of the team refused it: $9.50 of $60.00 were used, and its pace allowed $10.00 by then.',
  ],
  [
    { limit: 'callsAtOnce', scope: 'key', max: 3, used: 3 },
    'The limit of 3 calls at once of the key refused it: 3 were in flight.',
  ],
] as const)('a refusal is explained: %o', (refusedBy, sentence) => {
  const request = { ...line, status: 429, code: 'rate_limited', totalMs: 2, refusedBy };
  expect(describeRequest({ ...lookup, request })).toContain(sentence);
});

test('a charge that is not what it should be is explained', () => {
  const amounts = { requests: 1, tokens: 2000, usd: 0.002 };
  const request = {
    ...{ ...line, status: 502, code: 'upstream_error', totalMs: 10, held: amounts, charged: amounts },
    ...{ settleError: 'TimeoutError', underestimated: true, callerGone: true },
    failure: { name: 'ThrottlingException', status: 429 },
  };
  const said = describeRequest({ ...lookup, request, promptNotKept: 'AccessDenied' });
  expect(said).toEqual([
    'It ended with the error upstream_error, status 502 after 10 ms.',
    expect.stringMatching(/^That means: /),
    'AWS failed: ThrottlingException, status 429.',
    'Held before the call: 1 request, 2,000 tokens, $0.0020.',
    'Charged after it: 1 request, 2,000 tokens, $0.0020.',
    'The charge could not be written (TimeoutError), so all that was held stays charged.',
    'It cost more than was held, so a limit may be overspent by the difference.',
    'The caller hung up before the end.',
    'The prompt log does not have it: AccessDenied.',
  ]);
});

test('without an access log, it is said what cannot be known', () => {
  expect(describeRequest(lookup)).toHaveLength(2);
  expect(describeRequest({ ...lookup, hasAccessLog: false })).toHaveLength(3);
});
