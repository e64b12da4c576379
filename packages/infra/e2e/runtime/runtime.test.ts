import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type RouteName, routes } from '@org/contract';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startBedrock } from '../../local/bedrock/server.ts';
import { createTables } from '../../local/dynamodb/create-tables.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { proxyEvent } from '../../local/http/proxy-event.ts';
import { requestContext } from '../../local/http/request-context.ts';
import { createRouter } from '../../local/http/router.ts';
import { readApi } from '../../local/template/api.ts';
import { readCloudAssembly } from '../../local/template/assembly.ts';
import { startFunction } from './function-process.ts';
import type { Posted } from './runtime-api.ts';

/** The function of a route as deployed, under AWS's own runtime interface client. */
async function startRoute(name: RouteName, overrides: Readonly<Record<string, string>> = {}) {
  const { template, stack, assetDirectory } = readCloudAssembly(join(inject('assemblies'), 'counted'), {
    region: 'us-east-1',
  });
  const api = readApi(template, stack, assetDirectory);
  const { method, path } = routes[name];
  const match = createRouter(api.routes)(method, path);
  if (!match) throw new Error(`The template has no route ${name}.`);
  const apiKey = api.apiKeys.find((key) => key.name === 'thrifty-key');

  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  await createTables(api.tables, dynamodb.url);
  const lambda = await startFunction(match.route.integration.target, {
    region: stack.region,
    environment: {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      ...overrides,
    },
  });
  onTestFinished(async () => void (await lambda.stop()));

  const eventOf = (body: object) => {
    const request = {
      id: crypto.randomUUID(),
      extendedId: 'extended=',
      receivedAt: Date.parse('2026-11-22T12:00:00Z'),
      method,
      path: `/${api.stage.name}${path}`,
      query: new URLSearchParams(),
      headers: [
        ['content-type', 'application/json'],
        ['x-api-key', apiKey?.value ?? ''],
      ] as const,
      body: JSON.stringify(body),
      sourceIp: '127.0.0.1',
      httpVersion: '1.1',
    };
    return proxyEvent(api, request, match, requestContext(api, request, match, apiKey));
  };
  return { bedrock, lambda, ask: (body: object) => lambda.invoke(eventOf(body)) };
}

const question = { model: 'llama', question: 'What is a dystopia' };

/** A streamed answer, taken apart as API Gateway does: metadata, eight NUL bytes, payload. */
async function takeApart({ body }: Posted): Promise<{ metadata: unknown; payload: string }> {
  const all = await text(body);
  const end = all.indexOf('\0'.repeat(8));
  return { metadata: JSON.parse(all.slice(0, end)), payload: all.slice(end + 8) };
}

const eventTypes = (payload: string) => [...payload.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type);

test('an answer is a proxy result, one after the other from one process', async () => {
  const { ask } = await startRoute('ask');
  for (const model of ['llama', 'gpt', 'llama']) {
    const posted = await ask({ ...question, model });
    const { statusCode, headers, body } = JSON.parse(await text(posted.body));
    expect([posted.kind, posted.headers['content-type']]).toEqual(['response', 'application/json']);
    expect(posted.headers['lambda-runtime-function-response-mode']).toBeUndefined();
    expect([statusCode, headers['content-type']]).toEqual([model === 'gpt' ? 404 : 200, 'application/json']);
    expect(JSON.parse(body)).toMatchObject(
      model === 'gpt'
        ? { error: { code: 'unknown_model' } }
        : { text: expect.stringContaining('What is a dystopia'), limits: [{ limit: 'tokens', max: 2000 }] },
    );
  }
});

test('a streamed answer is metadata, eight NUL bytes and events, of which one is the last', async () => {
  const { ask } = await startRoute('stream');
  for (let round = 0; round < 2; round += 1) {
    const posted = await ask(question);
    expect(posted.kind).toBe('response');
    expect(posted.headers).toMatchObject({
      'content-type': 'application/vnd.awslambda.http-integration-response',
      'lambda-runtime-function-response-mode': 'streaming',
      'transfer-encoding': 'chunked',
    });
    const { metadata, payload } = await takeApart(posted);
    expect(metadata).toEqual({
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-request-id': expect.stringMatching(/\S/),
      },
    });
    const types = eventTypes(payload);
    expect([types[0], new Set(types.slice(1, -1)), types.at(-1)]).toEqual([
      'start',
      new Set(['delta']),
      'done',
    ]);
    expect(payload).toContain('"limit":"tokens"');
    expect(posted.body.trailers).toEqual({});
  }
});

test('what Bedrock has sent is on its way before Bedrock sends more', async () => {
  const { ask, bedrock } = await startRoute('stream');
  bedrock.answerNext({ deltas: ['first', 'second'] });
  const rest = Promise.withResolvers<void>();
  bedrock.pace((index) => (index === 0 ? Promise.resolve() : rest.promise));
  const { body } = await ask(question);
  let received = '';
  for await (const chunk of body) {
    received += chunk;
    if (received.includes('"second"')) expect(eventTypes(received)).toContain('delta');
    else if (received.includes('"first"')) rest.resolve();
  }
  expect(eventTypes(received)).toEqual(['start', 'delta', 'delta', 'done']);
});

test('an error before the first event is an ordinary response with its status', async () => {
  const { ask, bedrock } = await startRoute('stream');
  bedrock.failNext({ kind: 'exception', name: 'AccessDeniedException' });
  for (const [body, statusCode, code] of [
    [{ ...question, model: 'gpt' }, 404, 'unknown_model'],
    [question, 503, 'model_unavailable'],
  ] as const) {
    const posted = await ask(body);
    const { metadata, payload } = await takeApart(posted);
    expect(metadata).toMatchObject({ statusCode, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(payload)).toMatchObject({ error: { code } });
    expect(posted.body.trailers).toEqual({});
  }
});

test('an error after the first event is an event, and the runtime sees a response that ended well', async () => {
  const { ask, bedrock } = await startRoute('stream');
  bedrock.failNext({
    kind: 'stream',
    after: 'contentBlockDelta',
    end: { exception: 'internalServerException' },
  });
  const posted = await ask(question);
  const { metadata, payload } = await takeApart(posted);
  expect(metadata).toMatchObject({ statusCode: 200 });
  expect(eventTypes(payload)).toEqual(['start', 'delta', 'error']);
  expect(posted.body.trailers).toEqual({});
});

test.each(['ask', 'stream'] as const)(
  'a broken configuration fails the init of %s, and says where',
  async (route) => {
    const { lambda } = await startRoute(route, { PROXY_CONFIG: '{"models":7}' });
    expect(await lambda.initError()).toMatchObject({
      errorMessage: expect.stringContaining('PROXY_CONFIG is not valid: models'),
    });
  },
);

test.each(['ask', 'stream'] as const)(
  'under the JSON log format each call of %s is one line, with its metrics at the top',
  async (route) => {
    const { ask, lambda } = await startRoute(route);
    for (let call = 0; call < 2; call += 1) await text((await ask(question)).body);
    const lines = (await lambda.stop()).map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatchObject({
        level: 'INFO',
        operation: route,
        Requests: 1,
        _aws: { CloudWatchMetrics: [{ Namespace: expect.any(String) }] },
      });
    }
  },
);
