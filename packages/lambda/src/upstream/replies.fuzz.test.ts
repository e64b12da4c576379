import { createServer, type OutgoingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { errorDefinition } from '@org/contract';
import type { ModelDefinition } from '@org/models';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Upstream } from '../call/upstream.ts';
import { amountsOf, exceeds, nothing } from '../ledger/amounts.ts';
import { codeOf, exchange } from '../testing/exchange.ts';
import { anyJson, mutationsOf, runs } from '../testing/fuzz.ts';
import { clientOf } from '../testing/loopback-bedrock.ts';
import { config, requestOf } from '../testing/request.ts';
import { createUpstream } from './upstream.ts';

const canary = 'canary-of-bedrock';

/** Bedrock's answer: a response in pieces, which ends or breaks off. */
interface BedrockResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly pieces: readonly Uint8Array[];
  readonly broken: boolean;
}

let next: BedrockResponse;
const server = createServer(async (request, response) => {
  await buffer(request);
  const { status, headers, pieces, broken } = next;
  response.writeHead(status, headers);
  for (const piece of pieces) response.write(piece);
  if (broken) response.write('', () => response.destroy());
  else response.end();
});

let upstream: Upstream;
beforeAll(async () => {
  const client = await clientOf(server);
  upstream = createUpstream({ client, sleep: async () => undefined, random: () => 0.5 });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const rest = { modelId: 'model', maxOutputTokens: 2048, lifecycle: { status: 'active' as const } };
const capabilities = ['stream' as const];
const definitions: readonly ModelDefinition[] = [
  { upstream: 'converse', capabilities, structuredOutput: 'native', ...rest },
  { upstream: 'converse', capabilities, structuredOutput: 'tool', ...rest },
  { upstream: 'invoke', format: 'llama', ...rest },
  { upstream: 'invoke', format: 'titan-text', ...rest },
];

const model = fc.record({ definition: fc.constantFrom(...definitions), structured: fc.boolean() });

const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5, cacheReadInputTokens: 1 };

/** Answers of every upstream, each changed in one place. */
const wholeBodies = fc
  .oneof(
    mutationsOf({
      output: {
        message: {
          role: 'assistant',
          content: [
            { text: '{"place":"Oran"}' },
            { toolUse: { toolUseId: 'id', name: 'answer', input: { place: 'Oran' } } },
          ],
        },
      },
      stopReason: 'end_turn',
      usage,
      metrics: { latencyMs: 1 },
    }),
    mutationsOf({ generation: 'x', prompt_token_count: 3, generation_token_count: 2, stop_reason: 'stop' }),
    mutationsOf({
      inputTextTokenCount: 3,
      results: [{ tokenCount: 2, outputText: 'x', completionReason: 'FINISH' }],
    }),
    mutationsOf({ message: `arn:aws:bedrock:us-east-1:1:x ${canary}`, __type: 'ThrottlingException' }),
    anyJson,
  )
  .map((body) => JSON.stringify(body));

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** Names and bodies of events, in order or not, and of exceptions. */
const eventBodies = fc.oneof(
  mutationsOf({ contentBlockIndex: 0, start: { toolUse: { toolUseId: 'id', name: 'answer' } } }),
  mutationsOf({ contentBlockIndex: 0, delta: { text: 'Ble' } }),
  mutationsOf({ contentBlockIndex: 0, delta: { toolUse: { input: '{"place":"Oran"}' } } }),
  mutationsOf({ stopReason: 'end_turn' }),
  mutationsOf({ usage, metrics: { latencyMs: 1 } }),
  fc
    .oneof(
      mutationsOf({ generation: 'x', prompt_token_count: 3, generation_token_count: 2, stop_reason: 'stop' }),
      mutationsOf({
        outputText: 'x',
        inputTextTokenCount: 3,
        totalOutputTextTokenCount: 2,
        completionReason: 'FINISH',
      }),
    )
    .map((piece) => ({ bytes: Buffer.from(JSON.stringify(piece)).toString('base64') })),
  anyJson,
);

const frames = fc
  .record({
    kind: fc.constantFrom('event', 'event', 'event', 'exception', 'error', 'x'),
    type: fc.constantFrom(
      ...['messageStart', 'contentBlockStart', 'contentBlockDelta', 'contentBlockDelta', 'contentBlockStop'],
      ...['messageStop', 'metadata', 'metadata'],
      ...['chunk', 'chunk', 'throttlingException', 'validationException'],
      ...['modelStreamErrorException', '', 'x'],
    ),
    contentType: fc.constantFrom('application/json', 'text/plain', ''),
    body: fc.oneof(
      { weight: 9, arbitrary: eventBodies.map((body) => Buffer.from(JSON.stringify(body))) },
      { weight: 1, arbitrary: fc.uint8Array() },
    ),
  })
  .map(frameOf);

interface Frame {
  readonly kind: string;
  readonly type: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

function frameOf({ kind, type, contentType, body }: Frame): Uint8Array {
  const header = (value: string) => ({ type: 'string' as const, value });
  const headers = {
    ':message-type': header(kind),
    [`:${kind}-type`]: header(type),
    ':content-type': header(contentType),
    ':error-code': header('x'),
    ':error-message': header(canary),
  };
  return codec.encode({ headers, body });
}

/** It reports a few more tokens than are held, and fails. */
const moreThanHeld: BedrockResponse = {
  status: 200,
  headers: { 'content-type': 'application/vnd.amazon.eventstream' },
  pieces: [
    frameOf({
      ...{ kind: 'event', type: 'metadata', contentType: 'application/json' },
      body: Buffer.from(JSON.stringify({ usage: { ...usage, cacheReadInputTokens: 246 } })),
    }),
  ],
  broken: false,
};

/** Frames one after another, sometimes cut off or with a changed byte. */
const eventStreams = fc
  .record(
    {
      frames: fc.array(frames, { maxLength: 6 }),
      flip: fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })),
      length: fc.nat(400),
      cuts: fc.array(fc.nat(800), { maxLength: 4 }),
    },
    { requiredKeys: ['frames', 'cuts'] },
  )
  .map(({ frames: whole, flip, length, cuts }) => {
    const bytes = Buffer.concat(whole).subarray(0, length);
    if (flip && bytes.length > 0)
      bytes[flip[0] % bytes.length] = (bytes[flip[0] % bytes.length] ?? 0) ^ flip[1];
    return pieces(bytes, cuts);
  });

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const statuses = fc.oneof(
  { weight: 3, arbitrary: fc.constant(200) },
  { weight: 1, arbitrary: fc.constantFrom(201, 204, 301, 400, 403, 404, 408, 424, 429, 500, 503, 599) },
);

const exceptionName = fc.constantFrom(
  ...['ThrottlingException', 'ValidationException:http://x'],
  ...['AccessDeniedException', 'InternalServerException'],
  ...['__proto__', 'toString', 'x', ''],
);

const responses = (body: fc.Arbitrary<readonly Uint8Array[]>): fc.Arbitrary<BedrockResponse> =>
  fc.record({
    status: statuses,
    headers: fc.record(
      {
        'content-type': fc.constantFrom(
          'application/json',
          'application/vnd.amazon.eventstream',
          'text/html',
        ),
        'x-amzn-errortype': exceptionName,
        'retry-after': fc.constantFrom('1', '-1', 'x'),
      },
      { requiredKeys: ['content-type'] },
    ),
    pieces: body,
    broken: fc.constantFrom(false, false, false, true),
  });

const outputSchema = {
  type: 'object',
  properties: { place: { type: 'string' } },
  required: ['place'],
};

/** Asks a model through a function, and throws if the result breaks the contract or is not charged. */
async function checkExchange(
  resource: string,
  { definition, structured }: { readonly definition: ModelDefinition; readonly structured: boolean },
  response: BedrockResponse,
): Promise<void> {
  next = response;
  const price = { input: 1, output: 2, cacheRead: 1, cacheWrite: 1 };
  const models = new Map([['llama', { alias: 'llama', modelId: 'model', definition, price }]]);
  const body = { model: 'llama', question: 'Where?', maxTokens: 100 };
  const { handlerOptions, event, lines, holds, charges } = requestOf(
    structured && definition.upstream === 'converse' ? { ...body, outputSchema } : body,
    { route: ['POST', resource], upstream, config: { ...config, models } },
  );
  const answered = await exchange(event, handlerOptions);
  expect(`${answered.body}${lines}`).not.toContain(canary);
  const code = codeOf(answered);
  expect(['internal', 'limits_unavailable']).not.toContain(code);

  const [hold, ...otherHolds] = holds;
  const [charge, ...others] = charges;
  expect([otherHolds, others, lines.length]).toEqual([[], [], 1]);
  if (!hold || !charge) throw new Error('The call was not settled.');
  for (const amount of Object.values(charge)) expect(amount).toBeGreaterThanOrEqual(0);
  if (code === undefined || code === 'invalid_output') {
    expect(charge.requests).toBe(1);
  } else {
    // A possible bill stays charged: after a success status the whole hold, and more if Bedrock counted more, as the
    // log then says.
    const refused = response.status >= 300 && !errorDefinition(code).status.toString().startsWith('2');
    const more = amountsOf((kind) => Math.max(hold.worstCase[kind], charge[kind]));
    const { underestimated = false } = JSON.parse(lines[0] ?? '');
    expect(underestimated).toBe(exceeds(charge, hold.worstCase));
    expect([underestimated ? more : hold.worstCase, ...(refused ? [nothing] : [])]).toContainEqual(charge);
  }
}

test("whatever Bedrock answers, the caller gets the contract's words, and the hold is settled once", async () => {
  const bodies = fc
    .tuple(wholeBodies, fc.array(fc.nat(400)))
    .map(([text, cuts]) => pieces(Buffer.from(text), cuts));
  await fc.assert(
    fc.asyncProperty(model, responses(bodies), (asked, response) =>
      checkExchange('/bedrock', asked, response),
    ),
    runs(200),
  );
});

test("whatever Bedrock streams, the caller gets the contract's words, and the hold is settled once", async () => {
  await fc.assert(
    fc.asyncProperty(model, responses(eventStreams), (asked, response) =>
      checkExchange('/bedrock/stream', asked, response),
    ),
    {
      ...runs(200),
      examples: definitions
        .slice(0, 1)
        .map((definition) => [{ definition, structured: false }, moreThanHeld]),
    },
  );
});
