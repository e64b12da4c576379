import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RouteName } from '@org/contract';
import { readRoute } from '@org/local';
import { startBedrock } from '@org/local/bedrock';
import { createTables, startDynamoDb } from '@org/local/dynamodb';
import { type LocalS3, startS3 } from '@org/local/s3';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { ConfigName } from '../configs.ts';
import { startTraceDaemon } from '../trace-daemon.ts';
import { startFunction } from './function-process.ts';

/** A route's function as deployed, under AWS's own runtime interface client. */
async function startRoute(
  name: RouteName,
  overrides: Readonly<Record<string, string>> = {},
  { config, key, s3 }: { config: ConfigName; key: string; s3?: LocalS3 } = {
    config: 'counted',
    key: 'thrifty-key',
  },
) {
  const route = readRoute(join(inject('assemblies'), config), name);
  const { region, tables, definition, eventOf } = route;
  const bedrock = await startBedrock();
  onTestFinished(() => bedrock.close());
  const dynamodb = await startDynamoDb();
  onTestFinished(() => dynamodb.close());
  await createTables(tables, dynamodb.url);
  for (const profile of route.inferenceProfiles) bedrock.addInferenceProfile(profile);
  for (const bucket of route.buckets) s3?.addBucket(bucket);
  const lambda = await startFunction(definition, {
    region,
    environment: {
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      ...overrides,
    },
  });
  onTestFinished(async () => void (await lambda.stop()));
  return { bedrock, lambda, ask: (body: object) => lambda.invoke(eventOf(key, body)) };
}

const question = { model: 'llama', question: 'What is a dystopia' };

/** A streamed answer, taken apart as API Gateway does: metadata, eight NUL bytes, payload. */
function takeApart(all: string): { metadata: unknown; payload: string } {
  const end = all.indexOf('\0'.repeat(8));
  return { metadata: JSON.parse(all.slice(0, end)), payload: all.slice(end + 8) };
}

const eventTypes = (payload: string) => [...payload.matchAll(/^event: (\w+)$/gm)].map(([, type]) => type);

test('a whole answer is metadata with its own status and one body, and one process gives several in turn', async () => {
  const { ask } = await startRoute('ask');
  for (const model of ['llama', 'gpt', 'llama']) {
    const posted = await ask({ ...question, model });
    expect([posted.kind, posted.headers['lambda-runtime-function-response-mode']]).toEqual([
      'response',
      'streaming',
    ]);
    const { metadata, payload } = takeApart(await text(posted.body));
    expect(metadata).toMatchObject({
      statusCode: model === 'gpt' ? 404 : 200,
      headers: { 'content-type': 'application/json' },
    });
    expect(JSON.parse(payload)).toMatchObject(
      model === 'gpt'
        ? { error: { code: 'unknown_model' } }
        : { text: expect.stringContaining('What is a dystopia'), limits: [{ limit: 'tokens', max: 2000 }] },
    );
  }
});

test('a streamed answer is metadata, eight NUL bytes and events, with exactly one last event', async () => {
  const { ask } = await startRoute('stream');
  for (let round = 0; round < 2; round += 1) {
    const posted = await ask(question);
    expect(posted.kind).toBe('response');
    expect(posted.headers).toMatchObject({
      'content-type': 'application/vnd.awslambda.http-integration-response',
      'lambda-runtime-function-response-mode': 'streaming',
      'transfer-encoding': 'chunked',
    });
    const { metadata, payload } = takeApart(await text(posted.body));
    expect(metadata).toEqual({
      statusCode: 200,
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache',
        'x-request-id': expect.stringMatching(/\S/),
        'request-id': expect.stringMatching(/\S/),
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

test('after the last byte of its answer, a function keeps the prompt and sends its trace, and then takes the next call', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'prompts-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [arrived, written] = [Promise.withResolvers<string>(), Promise.withResolvers<undefined>()];
  const s3 = await startS3({
    directory,
    meet: ({ key }) => {
      arrived.resolve(key);
      return written.promise;
    },
  });
  onTestFinished(() => s3.close());
  const daemon = await startTraceDaemon();
  const environment = { AWS_ENDPOINT_URL_S3: s3.url, AWS_XRAY_DAEMON_ADDRESS: daemon.address };
  const { ask } = await startRoute('stream', environment, { config: 'company', key: 'staff-key', s3 });

  const { payload } = takeApart(await text((await ask(question)).body));
  expect(eventTypes(payload).at(-1)).toBe('done');
  expect(await arrived.promise).toMatch(/^calls\/team=staff\/day=2026-11-22\//);
  expect(await daemon.next()).toMatchObject({
    trace_id: '1-5bef4de7-ad49b0e87f6ef6c87fc2e700',
    parent_id: '9a9197af755a6419',
    annotations: { team: 'staff' },
  });
  const second = ask(question);
  written.resolve(undefined);
  expect(eventTypes(takeApart(await text((await second).body)).payload).at(-1)).toBe('done');
});

test('the runtime has each piece of the answer before Bedrock sends the next', async () => {
  const { ask, bedrock } = await startRoute('stream');
  bedrock.answerNext({ deltas: ['first', 'second'] });
  const rest = Promise.withResolvers<void>();
  bedrock.pace((index) => (index === 0 ? Promise.resolve() : rest.promise));
  const { body } = await ask(question);
  let received = '';
  for await (const chunk of body) {
    received += chunk;
    if (received.includes('"first"')) rest.resolve();
  }
  expect(eventTypes(takeApart(received).payload)).toEqual(['start', 'delta', 'delta', 'done']);
});

test('an error before the first event is an ordinary response with its status', async () => {
  const { ask, bedrock } = await startRoute('stream');
  bedrock.failNext({ kind: 'exception', name: 'AccessDeniedException' });
  for (const [body, statusCode, code] of [
    [{ ...question, model: 'gpt' }, 404, 'unknown_model'],
    [question, 503, 'model_unavailable'],
  ] as const) {
    const posted = await ask(body);
    const { metadata, payload } = takeApart(await text(posted.body));
    expect(metadata).toMatchObject({ statusCode, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(payload)).toMatchObject({ error: { code } });
    expect(posted.body.trailers).toEqual({});
  }
});

test('an error after the first event is an event, and the runtime sees a complete response', async () => {
  const { ask, bedrock } = await startRoute('stream');
  bedrock.failNext({
    kind: 'stream',
    after: 'contentBlockDelta',
    end: { exception: 'InternalServerException' },
  });
  const posted = await ask(question);
  const { metadata, payload } = takeApart(await text(posted.body));
  expect(metadata).toMatchObject({ statusCode: 200 });
  expect(eventTypes(payload)).toEqual(['start', 'delta', 'error']);
  expect(posted.body.trailers).toEqual({});
});

test.each(['ask', 'stream'] as const)(
  'a broken configuration fails the init of %s, and the error says where',
  async (route) => {
    const { lambda } = await startRoute(route, { PROXY_CONFIG: '{"models":7}' });
    expect(await lambda.initError()).toMatchObject({
      errorMessage: expect.stringContaining('PROXY_CONFIG is not valid: metrics: '),
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
