import {
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, test } from 'vitest';
import {
  asks,
  collect,
  models,
  nothing,
  type SystemUnderTest,
  startUnderTest,
} from '../testing/bedrock-client.ts';
import { exceptionNames, exceptions } from './exception.ts';
import type { Fault } from './fault.ts';

const { modelId } = models.native;
const titan = { modelId: 'amazon.titan-text-express-v1', body: JSON.stringify({ inputText: 'Why?' }) };
const question = { modelId, messages: asks('Why?') };

type Ask = (system: SystemUnderTest, options?: { abortSignal: AbortSignal }) => Promise<unknown>;

const operations: readonly [name: string, ask: Ask][] = [
  ['Converse', ({ client }, options) => client.send(new ConverseCommand(question), options)],
  [
    'ConverseStream',
    async ({ client }, options) =>
      collect((await client.send(new ConverseStreamCommand(question), options)).stream),
  ],
  ['InvokeModel', ({ client }, options) => client.send(new InvokeModelCommand(titan), options)],
  [
    'InvokeModelWithResponseStream',
    async ({ client }, options) =>
      collect((await client.send(new InvokeModelWithResponseStreamCommand(titan), options)).body),
  ],
];

describe.each(operations)('%s', (_, ask) => {
  test.each(exceptionNames)('can refuse with %s, and bills nothing', async (name) => {
    const system = await startUnderTest();
    system.bedrock.failNext({ kind: 'exception', name });
    await expect(ask(system)).rejects.toMatchObject({
      name,
      message: exceptions[name][1],
      $metadata: { httpStatusCode: exceptions[name][0] },
    });
    expect(system.bedrock.billed).toEqual(nothing);
    await expect(ask(system)).resolves.toBeDefined();
  });

  test.each<Fault>([{ kind: 'reset' }, { kind: 'cut' }])(
    'can fail by %j, and bills the call',
    async (fault) => {
      const system = await startUnderTest();
      system.bedrock.failNext(fault);
      await expect(ask(system)).rejects.toThrow();
      expect(system.bedrock.billed.outputTokens).toBeGreaterThan(0);
      expect(system.bedrock.received).toMatchObject([{ disconnected: false }]);
    },
  );

  test('can take a request and never answer, until the caller hangs up', async () => {
    const system = await startUnderTest();
    system.bedrock.failNext({ kind: 'stall' });
    const controller = new AbortController();
    const reply = ask(system, { abortSignal: controller.signal });
    const refused = expect(reply).rejects.toMatchObject({ name: 'AbortError' });
    while (system.bedrock.received.length === 0) await new Promise(setImmediate);
    expect(system.bedrock.received).toMatchObject([{ disconnected: false }]);
    controller.abort();
    await refused;
    while (!system.bedrock.received[0]?.disconnected) await new Promise(setImmediate);
  });

  test('can be slow', async () => {
    const system = await startUnderTest();
    system.bedrock.failNext({ kind: 'slow', milliseconds: 50 });
    const start = performance.now();
    await ask(system);
    expect(performance.now() - start).toBeGreaterThanOrEqual(45);
  });
});

test('can forget what has come, and what was to come', async () => {
  const { bedrock, client } = await startUnderTest();
  const system = [{ text: 'Be brief.' }, { cachePoint: { type: 'default' as const } }];
  const ask = async () => {
    const { stream } = await client.send(new ConverseStreamCommand({ ...question, system }));
    const events = await collect(stream);
    return { pieces: events.map(({ contentBlockDelta }) => contentBlockDelta), billed: bedrock.billed };
  };
  const first = await ask();
  expect(first.billed.cacheWriteTokens).toBeGreaterThan(0);
  bedrock.failNext({ kind: 'reset' });
  bedrock.answerNext({ deltas: ['Because.'] });
  bedrock.pace(() => expect.fail('The gate is not forgotten.'));
  bedrock.forget();
  expect(bedrock).toMatchObject({ received: [], billed: nothing });
  expect(await ask()).toEqual(first);
  expect(bedrock.received).toHaveLength(1);
});

test.each([
  ['without a signature', '/model/m/converse', false, 'MissingAuthenticationTokenException'],
  ['for an unknown operation', '/model/m/dance', true, 'UnknownOperationException'],
  ['to an unknown path', '/guardrail', true, 'UnknownOperationException'],
  ['for an unknown model', '/model/m/converse', true, 'ValidationException'],
])('a request %s is refused', async (_, path, signed, name) => {
  const { bedrock } = await startUnderTest();
  const reply = await fetch(`${bedrock.url}${path}`, {
    method: 'POST',
    headers: signed
      ? { authorization: 'AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/bedrock/aws4_request' }
      : {},
    body: '{}',
  });
  expect(reply.headers.get('x-amzn-errortype')).toMatch(new RegExp(`^${name}:`));
});
