import { expect, test } from 'vitest';
import { requestLines } from './request-lines.ts';

const at = Date.parse('2026-11-29T23:03:04Z');
const time = new Date(at).toTimeString().slice(0, 8);
const written = (message: string, fields: object) =>
  JSON.stringify({
    timestamp: new Date(at).toISOString(),
    level: 'INFO',
    message,
    requestId: 'r1',
    ...fields,
  });

function start() {
  const lines: string[] = [];
  const { onLog, onGatewayAnswer } = requestLines(
    (line) => lines.push(line),
    () => at,
  );
  return {
    lines,
    log: (line: string, stream: 'stdout' | 'platform' = 'stdout') => onLog({ function: 'ask', stream, line }),
    answer: (status: number, body: string, id = 'r1') =>
      onGatewayAnswer({
        request: { id, method: 'POST', path: '/dev/bedrock' },
        response: { status, headers: [], body },
      }),
  };
}
const envelope = (code: string) =>
  JSON.stringify({
    type: 'error',
    error: { type: 'x', code, message: 'No.', param: null },
    request_id: 'r1',
  });

test('an answer says who asked what, its tokens, price and time', () => {
  const { lines, log } = start();
  const usage = { inputTokens: 5, outputTokens: 45, totalTokens: 50 };
  const asked = {
    status: 200,
    operation: 'ask',
    team: 'toll',
    model: 'nova-lite',
    keyId: 'k',
    door: 'native',
  };
  log(written('request', { ...asked, usage, costUsd: 0.000012, totalMs: 73, _aws: {} }));
  log(written('request', { status: 200, operation: 'models', team: 'toll', totalMs: 2 }));
  log(written('request', { ...asked, status: 429, code: 'quota_exceeded', totalMs: 4 }));
  expect(lines).toEqual([
    `${time} 200 ask nova-lite toll 50 tokens $0.000012 73 ms`,
    `${time} 200 models toll 2 ms`,
    `${time} 429 ask nova-lite toll quota_exceeded 4 ms`,
  ]);
});

test('what the gateway answers itself is a line too, with why the authorizer refused', () => {
  const { lines, log, answer } = start();
  answer(403, envelope('invalid_api_key'));
  log(written('authorization', { outcome: 'refused', reason: 'expired', totalMs: 1 }));
  log(
    'Invoke Error {"errorType":"Error","errorMessage":"Unauthorized","trace":["Error: Unauthorized"]}',
    'platform',
  );
  answer(401, envelope('unauthenticated'));
  answer(401, envelope('unauthenticated'));
  expect(lines).toEqual([
    `${time} 403 POST /dev/bedrock invalid_api_key`,
    `${time} 401 POST /dev/bedrock unauthenticated (token: expired)`,
    `${time} 401 POST /dev/bedrock unauthenticated`,
  ]);
});

test('a token that is accepted is no line of its own, and what else is written stays as it is', () => {
  const { lines, log } = start();
  log(written('authorization', { outcome: 'token', team: 'toll', totalMs: 1 }));
  const others = [
    'Invoke Error {"errorType":"TypeError","errorMessage":"x"}',
    '{"message":"other"}',
    'plain',
  ];
  for (const line of others) log(line, 'platform');
  expect(lines).toEqual(others);
});

test('a notice is a line, with what became of it', () => {
  const { lines, log } = start();
  const notice = { kind: 'message', subject: 'acme: 80 %' };
  const webhook = { protocol: 'http', endpoint: 'http://127.0.0.1:9000/' };
  log(written('delivery', { ...notice, ...webhook, outcome: 200 }), 'platform');
  log(
    written('delivery', { ...notice, protocol: 'email', endpoint: 'ann@example.com', outcome: 'not sent' }),
    'platform',
  );
  expect(lines).toEqual([
    `${time} notice by http to http://127.0.0.1:9000/: "acme: 80 %" 200`,
    `${time} notice by email to ann@example.com: "acme: 80 %" (not sent)`,
  ]);
});
