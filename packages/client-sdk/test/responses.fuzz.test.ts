import { AnswerSchema, EmbeddingsSchema, ModelListSchema, UsageReportSchema } from '@org/contract';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createClient } from '../src/client.ts';
import { isBedrockProxyError } from '../src/errors/errors.ts';
import { environmentVariable } from '../src/options/environment.ts';
import { anyCharacter } from './any-character.ts';
import { answer, answerOf, call, envelope, limits, sent, events as textEvents } from './loopback-server.ts';
import { manualRuntime } from './manual-runtime.ts';
import { settings } from './scene.ts';

const factor = Number(environmentVariable('FUZZ_RUNS') ?? 1);
vi.setConfig({ testTimeout: 60_000 * factor });

/** How often each property is tried: so often, and FUZZ_RUNS times as often where that is set. */
const runs = (usual: number) => ({ numRuns: usual * factor });

const odd = fc.oneof(
  fc.constantFrom(null, true, -1, 0.5, 1e300, '', '\ud800', '__proto__', [], {}, [[null]], 'quota_exceeded'),
  fc.jsonValue(),
);

/** The JSON of a value, with what is under one of its names replaced or taken away. */
function mutationsOf(whole: object): fc.Arbitrary<string> {
  const names = new Set<string>();
  JSON.stringify(whole, (name, value) => {
    names.add(name);
    return value;
  });
  return fc.tuple(fc.constantFrom(...names), fc.option(odd, { nil: undefined })).map(([changed, put]) => {
    // Put in last: what is put in may have the name itself.
    const place = put === undefined ? undefined : '(place)';
    const text = JSON.stringify(whole, (name, value) => (name === changed ? place : value)) ?? '';
    return text.replaceAll('"(place)"', () => JSON.stringify(put));
  });
}

const models = {
  models: [
    {
      alias: 'llama',
      modelId: 'id',
      capabilities: ['stream'],
      maxOutputTokens: 100,
      lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
    },
  ],
};

const { id, model, modelId, usage } = answer;
const embeddings = { id, model, modelId, usage, limits, vectors: [[0.6, 0.8]] };
const calling = answerOf({ type: 'reasoning', text: 'Hm.' }, call('1', 'look', { at: 1 }));
const events = [
  ...textEvents,
  { type: 'block_start', block: { type: 'tool_use', id: '1', name: 'look' } },
  { type: 'block_delta', delta: { type: 'input', json: '{"at":1}' } },
  { type: 'block_end' },
];

const jsonBodies = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(...[answer, calling, embeddings, models, { limits }].map(mutationsOf)) },
  {
    weight: 4,
    arbitrary: fc.oneof(
      ...['quota_exceeded', 'internal', 'new'].map((code) => mutationsOf(envelope(code, limits[0]))),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{"message":"Limit Exceeded"}',
      '{"message":null}',
      '<html>',
      '['.repeat(50_000),
    ),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: anyCharacter }) },
);

const writtenEvents = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...events, envelope('internal')).map((event) => sent(event)) },
      { weight: 1, arbitrary: fc.oneof(...events.map(mutationsOf)).map((data) => `data: ${data}\n\n`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ': comment\n\n',
          'data: \n\n',
          'event: done\n\n',
          'data: {"type":"new"}\n\n',
          '\r',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: anyCharacter }) },
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const streamBodies = fc.oneof(
  { weight: 2, arbitrary: writtenEvents },
  {
    weight: 1,
    arbitrary: fc.nat(40).map((cut) =>
      events
        .map(sent)
        .join('')
        .slice(0, cut * 20),
    ),
  },
);

const texts = (text: fc.Arbitrary<string>) => text.map((written) => new TextEncoder().encode(written));
const bytes = fc.oneof(
  { weight: 6, arbitrary: texts(jsonBodies) },
  { weight: 6, arbitrary: texts(streamBodies) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
);

const headerValue = fc.oneof(
  fc.constantFrom('1', '-1', '1e9', '0x10', 'NaN', '61', 'Wed, 21 Oct 2015 07:28:00 GMT', 'true', 'false'),
  fc.stringMatching(/^[\x20-\x7e]{0,20}$/),
);

const responses = fc.record({
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant(200) },
    { weight: 2, arbitrary: fc.integer({ min: 400, max: 599 }) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 200, max: 599 }).filter((status) => ![204, 205, 304].includes(status)),
    },
  ),
  headers: fc.record(
    {
      'content-type': fc.oneof(
        fc.constantFrom('application/json', 'text/event-stream', 'text/event-stream;x'),
        headerValue,
      ),
      'retry-after': headerValue,
      'retry-after-ms': headerValue,
      'x-should-retry': headerValue,
      'x-request-id': headerValue,
      date: headerValue,
    },
    { requiredKeys: ['content-type'] },
  ),
  body: bytes,
  broken: fc.constantFrom(false, false, false, true),
});

type FuzzedResponse = typeof responses extends fc.Arbitrary<infer Value> ? Value : never;

/** A response whose body comes in pieces that end at these places. */
function inPieces({ status, headers, body, broken }: FuzzedResponse, cuts: readonly number[]): Response {
  const places = [0, ...cuts.filter((cut) => cut < body.length).toSorted((a, b) => a - b), body.length];
  const pieces = places.slice(1).map((end, index) => body.subarray(places[index], end));
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else if (broken) controller.error(new TypeError('terminated'));
      else controller.close();
    },
  });
  return new Response(stream, { status, headers });
}

const operations = ['ask', 'stream', 'embed', 'models', 'usage'] as const;

/** What a call comes to: what it resolves to, or an error of this package; any other is thrown. */
async function outcomeOf(operation: (typeof operations)[number], answered: () => Response) {
  const { runtime, waits } = manualRuntime();
  let calls = 0;
  const fetch = async () => {
    calls += 1;
    return answered();
  };
  const client = createClient({ ...settings, apiKey: 'canary-key', fetch }, runtime);
  const read: unknown[] = [];
  const call = async (): Promise<unknown> => {
    if (operation === 'ask') return client.ask('llama', 'What is a dystopia?');
    if (operation === 'embed') return client.embed('titan-embed-v2', 'A bad place.');
    if (operation !== 'stream') return client[operation]();
    const stream = client.stream('llama', 'What is a dystopia?');
    for await (const event of stream) read.push(event);
    return stream.final();
  };
  const outcome = await call().then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => {
      if (!isBedrockProxyError(error)) throw error;
      return { value: undefined, error: { ...error.toJSON(), message: error.message } };
    },
  );
  expect(calls).toBe(waits.length + 1);
  expect(calls).toBeLessThanOrEqual(3);
  expect(Math.max(0, ...waits)).toBeLessThanOrEqual(60_000);
  expect(JSON.stringify(outcome)).not.toContain('canary-key');
  return { ...outcome, read };
}

const shapes = {
  ask: AnswerSchema,
  stream: AnswerSchema,
  embed: EmbeddingsSchema,
  models: ModelListSchema,
  usage: UsageReportSchema,
};

test('whatever is answered, a call resolves to what the contract says or rejects with an error of this package', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operations),
      responses,
      fc.array(fc.nat(600)),
      async (operation, response, cuts) => {
        const outcome = await outcomeOf(operation, () => inPieces(response, cuts));
        if (outcome.value) shapes[operation].parse(JSON.parse(JSON.stringify(outcome.value)));
        expect(await outcomeOf(operation, () => inPieces(response, []))).toEqual(outcome);
      },
    ),
    runs(500),
  );
});
