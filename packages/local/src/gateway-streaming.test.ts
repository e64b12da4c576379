import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import type { Template } from './gateway.ts';
import { edit, editIntegration } from './testing/deployment.ts';
import { native, type StreamStep, startTestGateway as start, type TestGateway } from './testing/gateway.ts';
import { manualTimer } from './testing/manual-timer.ts';

const internal = (status: number) => ({
  status,
  errorType: 'InternalServerErrorException',
  body: '{"message": "Internal server error"}',
});
const endpointTimeout = {
  status: 504,
  errorType: 'InternalServerErrorException',
  body: '{"message": "Endpoint request timed out"}',
};

/** The rest of an answer, one arrival at a time. Rejects if the connection is cut. */
function arrivals(response: Response): () => Promise<Uint8Array | 'end'> {
  if (response.body === null) {
    throw new Error('The answer has no body');
  }
  const reader = response.body.getReader();
  return async () => (await reader.read()).value ?? 'end';
}

function text(bytes: Uint8Array | 'end'): string {
  return typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
}

function platformLines(gateway: TestGateway): string {
  return gateway.lines
    .filter(({ stream }) => stream === 'platform')
    .map(({ line }) => line)
    .join('\n');
}

/** Resolves when a function has written this line. */
function wrote(gateway: TestGateway, expected: string): Promise<void> {
  return vi.waitFor(
    () => expect(gateway.lines.map(({ line }) => line).join('\n')).toContain(expected),
    10_000,
  );
}

describe('a stream', () => {
  test('arrives chunk by chunk, each before the next is written', async () => {
    const gateway = await start();
    const response = await gateway.stream([
      ['metadata', { statusCode: 200 }],
      ['write', 'one'],
      ['wait', 'first'],
      ['write', 'two'],
      ['wait', 'second'],
      ['write', 'three'],
      ['end'],
    ]);
    const next = arrivals(response);
    expect(text(await next())).toBe('one');
    await gateway.open('first');
    expect(text(await next())).toBe('two');
    await gateway.open('second');
    expect(text(await next())).toBe('three');
    expect(await next()).toBe('end');
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
  });

  test('sends status, headers and cookies before its first byte', async () => {
    const gateway = await start();
    const response = await gateway.stream([
      [
        'metadata',
        {
          statusCode: 201,
          headers: {
            'Content-Type': 'text/event-stream',
            'X-Both': 'single',
            'X-Flag': true,
            'Content-Length': '3',
            'WWW-Authenticate': 'Basic',
          },
          multiValueHeaders: { 'X-Both': ['one', 'two'] },
          cookies: ['a=1', 'b=2'],
        },
      ],
      ['write', ''],
      ['wait', 'headers'],
      ['write', 'later'],
      ['end'],
    ]);
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'x-both': 'one, two',
      'x-flag': 'true',
      'x-amzn-remapped-content-length': '3',
      'x-amzn-remapped-www-authenticate': 'Basic',
      'x-amzn-requestid': expect.stringMatching(/^[\da-f-]{36}$/),
      'x-amz-apigw-id': expect.any(String),
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-/),
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-amzn-errortype')).toBeNull();
    await gateway.open('headers');
    expect(await response.text()).toBe('later');
  });

  test('may be empty, with any status', async () => {
    const gateway = await start();
    const response = await gateway.stream([['metadata', { statusCode: 404 }], ['write', ''], ['end']]);
    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  test('that ends before its function is a complete answer, whatever the function does afterwards', async () => {
    const gateway = await start();
    const response = await gateway.stream([
      ['metadata', {}],
      ['write', 'whole'],
      ['end'],
      ['wait', 'answered'],
      ['throw', 'too late'],
    ]);
    expect(await response.text()).toBe('whole');
    await gateway.open('answered');
    await wrote(gateway, '"errorMessage":"too late"');
  });

  test('may end after its handler returned', async () => {
    const gateway = await start();
    const response = await gateway.stream([
      ['metadata', {}],
      ['write', 'begun'],
      ['endLater', 'later'],
    ]);
    const next = arrivals(response);
    expect(text(await next())).toBe('begun');
    await gateway.open('later');
    expect(await next()).toBe('end');
  });
});

describe('a function that fails', () => {
  const begun: readonly StreamStep[] = [
    ['metadata', { statusCode: 200 }],
    ['write', 'begun'],
  ];

  test.each<[what: string, status: number, steps: readonly StreamStep[]]>([
    [
      'throws before its first write',
      502,
      [
        ['metadata', {}],
        ['throw', 'no luck'],
      ],
    ],
    ['exits', 502, [['exit']]],
    ['destroys its stream', 502, [['metadata', {}], ['destroy']]],
    [
      'throws before its metadata is complete',
      502,
      [
        ['write', '{"statusCode":200}'],
        ['throw', 'no luck'],
      ],
    ],
    ['writes nothing', 500, [['metadata', {}], ['end']]],
    // `end` alone does not send the metadata.
    [
      'passes its whole answer to `end`',
      500,
      [
        ['metadata', {}],
        ['end', 'text'],
      ],
    ],
    ['writes no metadata', 500, [['write', 'data: 1\n\n'], ['end']]],
    ['writes what a buffered function returns', 500, [['write', '{"statusCode":200,"body":"x"}'], ['end']]],
    ['has an unknown field in its metadata', 500, [['metadata', { body: 'x' }], ['write', 'x'], ['end']]],
    ['gives a status that does not exist', 500, [['metadata', { statusCode: 99 }], ['write', 'x'], ['end']]],
    ['gives a status in words', 500, [['metadata', { statusCode: 'ok' }], ['write', 'x'], ['end']]],
    ['gives a number as a header', 500, [['metadata', { headers: { a: 1 } }], ['write', 'x'], ['end']]],
    [
      'gives a header that cannot be sent',
      500,
      [['metadata', { headers: { 'a b': 'c' } }], ['write', 'x'], ['end']],
    ],
    [
      'gives a cookie that cannot be sent',
      500,
      [['metadata', { cookies: ['a\nb'] }], ['write', 'x'], ['end']],
    ],
    [
      'has over 16 KB of metadata',
      500,
      [['metadata', { headers: { a: 'x'.repeat(16_384) } }], ['write', 'x'], ['end']],
    ],
  ])('and %s gets an answer of API Gateway: %i', async (_what, status, steps) => {
    const gateway = await start();
    expect(await native(await gateway.stream(steps))).toEqual(internal(status));
  });

  test('after its first write cuts the connection, after what it wrote', async () => {
    const gateway = await start();
    const response = await gateway.stream([
      ...begun,
      ['wait', 'fail'],
      ['write', ' last'],
      ['throw', 'no luck'],
    ]);
    const next = arrivals(response);
    expect(response.status).toBe(200);
    expect(text(await next())).toBe('begun');
    // Called now, because fetch drops unread data when the connection is cut.
    const last = next();
    await gateway.open('fail');
    expect(text(await last)).toBe(' last');
    await expect(next()).rejects.toThrow();
    expect(platformLines(gateway)).toMatch(/^Invoke Error .*"errorMessage":"no luck"/);
  });

  test.each<[how: string, step: StreamStep]>([
    ['exiting', ['exit']],
    ['destroying its stream', ['destroy']],
  ])('by %s after its first write cuts the connection', async (_how, step) => {
    const gateway = await start();
    const next = arrivals(await gateway.stream([...begun, ['wait', 'fail'], step]));
    expect(text(await next())).toBe('begun');
    // The call that opens the gate may fail with the worker.
    await gateway.open('fail').catch(() => {});
    await expect(next()).rejects.toThrow();
  });

  test.each<[what: string, steps: readonly StreamStep[]]>([
    ['does not return', [...begun, ['wait', 'never']]],
    ['does not end its stream', begun],
  ])('since it %s until its timeout cuts the connection', async (_what, steps) => {
    const gateway = await start({ editTemplate: (template) => edit(template, 'Main', { Timeout: 1 }) });
    const next = arrivals(await gateway.stream(steps));
    expect(text(await next())).toBe('begun');
    await expect(next()).rejects.toThrow();
    expect(platformLines(gateway)).toContain('Task timed out after 1.00 seconds');
  });

  test('by its timeout before it wrote is a 502', async () => {
    const gateway = await start({ editTemplate: (template) => edit(template, 'Main', { Timeout: 1 }) });
    expect(await native(await gateway.stream([['wait', 'never']]))).toEqual(internal(502));
  });

  test('because it was killed cuts the connection', async () => {
    const gateway = await start();
    const next = arrivals(await gateway.stream([...begun, ['wait', 'never']]));
    expect(text(await next())).toBe('begun');
    await gateway.killFunctions();
    await expect(next()).rejects.toThrow();
    expect((await gateway.stream([...begun, ['end']])).status).toBe(200);
  });
});

describe('the caller', () => {
  test('that hangs up does not stop the function, and its writes are discarded', async () => {
    const gateway = await start();
    const caller = new AbortController();
    const response = await gateway.stream(
      [
        ['metadata', {}],
        ['write', 'begun'],
        ['wait', 'gone'],
        ['pour', 32 * 1024 * 1024],
        ['end'],
        ['log', 'poured everything'],
      ],
      { signal: caller.signal },
    );
    const next = arrivals(response);
    expect(text(await next())).toBe('begun');
    caller.abort();
    await expect(next()).rejects.toThrow();
    await gateway.open('gone');
    await wrote(gateway, 'poured everything');
  });

  test('that hangs up before the first byte does not stop the function either', async () => {
    const gateway = await start();
    const caller = new AbortController();
    const asked = gateway.stream(
      [['wait', 'gone'], ['metadata', {}], ['pour', 1024 * 1024], ['end'], ['log', 'poured everything']],
      { signal: caller.signal },
    );
    await gateway.callsWaiting(1);
    caller.abort();
    await expect(asked).rejects.toThrow();
    await gateway.open('gone');
    await wrote(gateway, 'poured everything');
  });

  test('that hangs up while the function waits for `drain` lets the function go on', async () => {
    const gateway = await start();
    const size = 64 * 1024 * 1024;
    const response = await slowly(gateway, [
      ['metadata', {}],
      ['pour', size],
      ['log', 'poured everything'],
      ['end'],
    ]);
    expect(await held(gateway)).toBeLessThan(size);
    response.destroy();
    await wrote(gateway, 'poured everything');
  });

  test('that reads slowly slows the function down', async () => {
    const gateway = await start();
    const size = 64 * 1024 * 1024;
    const response = await slowly(gateway, [['metadata', {}], ['pour', size], ['end']]);
    expect(await held(gateway)).toBeLessThan(size / 2);
    expect((await buffer(response)).byteLength).toBe(size);
  });

  /** A call whose answer has not been read yet. */
  async function slowly(gateway: TestGateway, steps: readonly StreamStep[]): Promise<IncomingMessage> {
    const outgoing = request(`${gateway.url}/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': gateway.keyNamed('team-key') },
    });
    outgoing.end(JSON.stringify({ steps }));
    const answered = Promise.withResolvers<IncomingMessage>();
    outgoing.once('response', answered.resolve);
    outgoing.once('error', answered.reject);
    return answered.promise;
  }

  /** The number of bytes that the function had written when it stopped. */
  async function held(gateway: TestGateway): Promise<number> {
    const poured = async () =>
      Number(await (await gateway.stream([['metadata', {}], ['poured'], ['end']])).text());
    let last = await poured();
    for (let now = await poured(); now > last; now = await poured()) {
      last = now;
    }
    return last;
  }
});

describe('time', () => {
  /** Every stream is idle for too long before its integration times out. */
  const untilDone = (template: Template) => editIntegration(template, { TimeoutInMillis: 900_000 });
  /** No stream is idle for too long. */
  const oneMinute = (template: Template) => editIntegration(template, { TimeoutInMillis: 60_000 });

  const silent: readonly StreamStep[] = [
    ['metadata', {}],
    ['write', 'one'],
    ['wait', 'first'],
    ['write', 'two'],
    ['wait', 'second'],
    ['write', 'three'],
    ['log', 'went on'],
    ['end'],
  ];

  test('without a byte cuts a stream after five minutes, and the function keeps running', async () => {
    const { timer, advance } = manualTimer();
    const gateway = await start({ timer, editTemplate: untilDone });
    const next = arrivals(await gateway.stream(silent));
    expect(text(await next())).toBe('one');
    advance(299_999);
    await gateway.open('first');
    expect(text(await next())).toBe('two');
    advance(299_999);
    const rest = next();
    advance(1);
    await expect(rest).rejects.toThrow();
    await gateway.open('second');
    await wrote(gateway, 'went on');
  });

  test("over the integration's timeout is a 504 before the first byte, and the function keeps running", async () => {
    const { timer, advance } = manualTimer();
    const gateway = await start({ timer, editTemplate: oneMinute });
    const asked = gateway.stream([['wait', 'late'], ...silent.filter(([step]) => step !== 'wait')]);
    await gateway.callsWaiting(1);
    advance(60_000);
    expect(await native(await asked)).toEqual(endpointTimeout);
    await gateway.open('late');
    await wrote(gateway, 'went on');
  });

  test("over the integration's timeout cuts a stream that has begun", async () => {
    const { timer, advance } = manualTimer();
    const gateway = await start({ timer, editTemplate: oneMinute });
    const next = arrivals(await gateway.stream(silent));
    expect(text(await next())).toBe('one');
    advance(30_000);
    await gateway.open('first');
    expect(text(await next())).toBe('two');
    const rest = next();
    advance(30_000);
    await expect(rest).rejects.toThrow();
  });

  test('without a first byte is a 504 too', async () => {
    const { timer, advance } = manualTimer();
    const gateway = await start({ timer, editTemplate: untilDone });
    const asked = gateway.stream([['wait', 'late']]);
    await gateway.callsWaiting(1);
    advance(300_000);
    expect(await native(await asked)).toEqual(endpointTimeout);
  });
});

describe('a call', () => {
  test('that Lambda refuses gets an answer of API Gateway', async () => {
    const gateway = await start({
      editTemplate: (template) => edit(template, 'Main', { ReservedConcurrentExecutions: 0 }),
    });
    expect(await native(await gateway.stream([]))).toEqual(internal(500));
    const tooLarge = await gateway.stream([['log', 'x'.repeat(6_291_456)]]);
    expect(await native(tooLarge)).toMatchObject({ status: 413, body: '{"message":"Request Too Long"}' });
  });

  test('of a function that does not stream is a 500', async () => {
    const gateway = await start({
      editTemplate: (template) => edit(template, 'Main', { Handler: 'index.authorizer' }),
    });
    expect(await native(await gateway.stream([]))).toEqual(internal(500));
  });

  test('counts towards the reserved concurrency until its function is done', async () => {
    const gateway = await start({
      editTemplate: (template) => edit(template, 'Main', { ReservedConcurrentExecutions: 1 }),
    });
    const response = await gateway.stream([
      ['metadata', {}],
      ['write', 'one'],
      ['wait', 'never'],
    ]);
    expect(response.status).toBe(200);
    expect((await gateway.stream([['metadata', {}], ['write', ''], ['end']])).status).toBe(500);
  });
});
