import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ErrorEnvelopeSchema, isErrorCode, routes } from '@org/contract';
import { anyJson, mutationsOf, oddText, runs } from '@org/lambda/testing/fuzz';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editResources } from './edit-template.ts';
import { startSystem } from './harness.ts';

const promptCanary = 'canary-prompt';

interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The length that the request claims. Default: the real one. */
  readonly claimed?: number | undefined;
}

const latin = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,60}$/);
const rare = <Value>(usual: fc.Arbitrary<Value>, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: other });

const paths = rare(
  fc.constantFrom(...Object.values(routes).map(({ path }) => `/dev${path}`)),
  fc.oneof(
    fc.constantFrom(
      '/',
      '*',
      '/dev',
      '/dev/',
      '//',
      '/dev//bedrock',
      '/dev/bedrock/',
      '/dev/%62edrock',
      '/dev/%',
      '/dev/%00',
    ),
    fc.constantFrom(
      '/dev/../dev/bedrock',
      '/dev/bedrock?a=%zz&a&=',
      '/dev/bedrock#x',
      'http://a.example/dev/bedrock',
      '/DEV/models',
    ),
    fc.webPath(),
    latin.map((text) => `/dev/${text.replaceAll(/[\s]/g, '+')}`),
  ),
);

const headerNames = fc.constantFrom(
  ...[
    'accept',
    'content-type',
    'x-api-key',
    'authorization',
    'origin',
    'x-amzn-trace-id',
    'x-forwarded-for',
    'te',
  ],
  ...[
    'transfer-encoding',
    'expect',
    'content-encoding',
    'upgrade',
    'cookie',
    '__proto__',
    'x-request-id',
    'host',
    'bad name',
  ],
);
const headerValues = fc.oneof(
  fc.constantFrom(
    'application/json',
    'text/plain',
    'chunked',
    '100-continue',
    'gzip',
    'websocket',
    'https://a.example',
    '',
  ),
  latin,
);

const bodies = fc.oneof(
  {
    weight: 4,
    arbitrary: mutationsOf({ model: 'llama', question: promptCanary, maxTokens: 10, history: [] }),
  },
  { weight: 1, arbitrary: anyJson },
);

const requests: fc.Arbitrary<RawRequest> = fc.record(
  {
    method: rare(
      fc.constantFrom('GET', 'POST', 'POST', 'POST'),
      fc.constantFrom(
        'PUT',
        'PATCH',
        'DELETE',
        'OPTIONS',
        'HEAD',
        'TRACE',
        'CONNECT',
        'get',
        'NO',
        'P\0ST',
        '',
      ),
    ),
    path: paths,
    headers: fc.array(fc.tuple(headerNames, headerValues), { maxLength: 5 }),
    body: rare(
      bodies.map((body) => Buffer.from(JSON.stringify(body))),
      fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        oddText.map((text) => Buffer.from(text)),
      ),
    ),
    claimed: fc.oneof(fc.nat(300), fc.constantFrom(-1, 1e9)),
  },
  { requiredKeys: ['method', 'path', 'headers', 'body'] },
);

/** Sends bytes, and reads the response until the connection ends. */
async function exchange(
  url: URL,
  { method, path, headers, body, claimed }: RawRequest,
  key: string,
): Promise<string> {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${url.host}`,
    `connection: close`,
    ...(key === '' ? [] : [`x-api-key: ${key}`]),
    `content-length: ${claimed ?? body.length}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const socket = connect(Number(url.port), url.hostname);
  socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]));
  // Node drops a request whose sender has ended, so only requests that would wait for more of a body are ended.
  const unfinished = claimed !== undefined && claimed > body.length;
  if (unfinished || headers.some(([name]) => name === 'transfer-encoding')) socket.end();
  // A server that has refused a request may cut the connection.
  return (await buffer(socket).catch(() => Buffer.alloc(0))).toString('latin1');
}

/** The body in these chunks. */
function joined(chunks: string): string {
  const [line, size] = /^([0-9a-f]+)\r\n/i.exec(chunks) ?? ['', '0'];
  const length = Number.parseInt(size ?? '0', 16);
  if (length === 0) return '';
  return chunks.slice(line.length, line.length + length) + joined(chunks.slice(line.length + length + 2));
}

/** Throws if an answer is neither the contract's nor HTTP's own. */
function checkAnswer(answer: string, method: string): void {
  // Without `100 Continue`, which comes first.
  const final = answer.replace(/^(HTTP\/1\.1 1\d\d .*\r\n\r\n)+/, '');
  const end = final.indexOf('\r\n\r\n');
  const head = final.slice(0, end);
  const body = /transfer-encoding: chunked/i.test(head) ? joined(final.slice(end + 4)) : final.slice(end + 4);
  const status = Number(head.split(' ')[1]);
  // Node refuses malformed HTTP before our code sees it.
  const ours = /x-amzn-requestid/i.test(head);
  if (final === '' || method === 'HEAD') return;
  expect(status).toBeLessThan(500);
  if (!ours) expect([400, 408, 413, 417, 431]).toContain(status);
  if (!ours || status < 400) return;
  const { error } = ErrorEnvelopeSchema.parse(JSON.parse(body));
  expect(isErrorCode(error.code)).toBe(true);
  expect(body).not.toContain(promptCanary);
}

test('any request gets an answer of the contract, and the gateway answers the next one', async () => {
  const { url, logs, keyValue, ask } = await startSystem('original', {
    editTemplate: editResources(
      'AWS::ApiGateway::UsagePlan',
      ({ Quota: _quota, Throttle: _throttle, ...rest }) => rest,
    ),
  });
  const key = keyValue('tollmkey');
  await fc.assert(
    fc.asyncProperty(requests, fc.constantFrom(key, key, 'x', ''), async (request, sentKey) => {
      checkAnswer(await exchange(new URL(url), request, sentKey), request.method);
    }),
    runs(80),
  );
  expect(logs.join('')).not.toContain(promptCanary);
  expect(logs.join('')).not.toContain(key);
  expect((await ask('tollmkey')).status).toBe(200);
});
