import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { createBedrockClient, TimeoutError } from '@org/bedrock-client';
import { longestCallMs } from '@org/contract';
import type { Caller } from '@org/lambda/config';
import { createHandler } from '@org/lambda/handler';
import { CounterTable } from '@org/lambda/ledger/counter-table';
import { createLedger } from '@org/lambda/ledger/ledger';
import { createUpstream } from '@org/lambda/upstream';
import { closeServer, listenOnLoopback } from '@org/local';
import { startBedrock } from '@org/local/bedrock';
import { catalogue } from '@org/models';
import { startTestTable, tableName } from '@org/table/testing/test-table';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

// The clock runs by itself, and a test can skip minutes.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
});

const at = Date.parse('2026-11-22T12:00:00Z');
const scopes = [{ kind: 'team' as const, id: 'acme', limits: { tokens: { month: 10_000 } } }];
const caller: Caller = {
  ...{ keyId: 'key', team: 'acme', plan: 'all', models: ['llama'], scopes },
  ...{ maxTokens: undefined, clampMaxTokens: false, guardrail: undefined },
  inferenceProfiles: new Map(),
};

/** Function, Bedrock and client run in this process, so that they share one clock. */
async function start() {
  const bedrock = await startBedrock();
  const table = await startTestTable();
  const runtime = new BedrockRuntimeClient({
    ...{ endpoint: bedrock.url, region: 'us-east-1', credentials: localCredentials, maxAttempts: 1 },
    requestHandler: new NodeHttpHandler(),
  });
  const ledger = createLedger(new CounterTable({ client: table.client, table: tableName }), 'UTC');
  const lines: string[] = [];
  const modelId = 'us.meta.llama4-maverick-17b-instruct-v1:0';
  const model = { alias: 'llama', definition: catalogue.llama, modelId, price: undefined };
  const server = createServer(async (request, response) => {
    const handler = createHandler({
      config: {
        ...{ models: new Map([['llama', model]]), plans: new Map(), teams: new Map(), metrics: 'm' },
        ...{ aliases: new Map(), foreignNames: new Map(), timeZone: 'UTC', warnAt: [] },
        ...{ keys: new Map(), corsOrigins: [], table: tableName },
      },
      keys: async () => caller,
      ledger,
      upstream: createUpstream({ client: runtime, sleep: async () => {}, random: () => 0 }),
      write: (line) => lines.push(line),
      now: Date.now,
      openResponse: (_stream, { statusCode, headers }) => response.writeHead(statusCode, headers),
    });
    const event = {
      ...{
        httpMethod: request.method ?? '',
        resource: request.url ?? '',
        headers: { 'content-type': 'application/json' },
      },
      ...{ body: await text(request), isBase64Encoded: false },
      requestContext: { requestId: 'request-1', requestTimeEpoch: at, identity: { apiKeyId: 'key' } },
    };
    const began = performance.now();
    const left = () => longestCallMs.stream - (performance.now() - began) - passed;
    await handler(event, response, { getRemainingTimeInMillis: left });
  });
  const baseUrl = await listenOnLoopback(server, 0);
  onTestFinished(async () => {
    runtime.destroy();
    table.close();
    await Promise.all([closeServer(server), bedrock.close()]);
  });
  let passed = 0;
  return {
    bedrock,
    lines,
    client: createBedrockClient({ baseUrl, apiKey: 'a-key' }),
    used: async () => (await ledger.usage(scopes, at, new AbortController().signal)).limits[0]?.used,
    /** Advances the time once Bedrock is at work. */
    async pass(milliseconds: number) {
      while (bedrock.received.length === 0) await new Promise(setImmediate);
      passed += milliseconds;
      await vi.advanceTimersByTimeAsync(milliseconds);
    },
  };
}

test('an answer that takes a minute arrives complete under all default time limits', async () => {
  const { bedrock, client, pass } = await start();
  bedrock.failNext({ kind: 'slow', milliseconds: 60_000 });
  const answer = client.ask('llama', 'Tell me everything');
  await pass(60_000);
  expect(await answer).toMatchObject({ stopReason: 'end_turn', attempts: 1 });
});

test('an answer that takes too long is a typed 504, which is not retried, and the whole hold is charged', async () => {
  const { bedrock, client, pass, used, lines } = await start();
  bedrock.failNext({ kind: 'stall' });
  const answer = client.ask('llama', 'Tell me everything').catch((error: unknown) => error);
  // The function ends a little earlier, to have time to settle.
  await pass(longestCallMs.whole - 6000);
  const error = await answer;
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ code: 'model_timeout', status: 504, attempts: 1 });
  expect(bedrock.received).toHaveLength(1);
  const [line] = lines.map((each) => JSON.parse(each));
  expect(line).toMatchObject({ status: 504, code: 'model_timeout' });
  expect(line).not.toHaveProperty('settleError');
  expect(await used()).toBe(line.held.tokens);
});
