import { validateHeaderName, validateHeaderValue } from 'node:http';
import { errorDefinition, routes } from '@org/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeOf, exchange } from '../testing/exchange.ts';
import { anyCharacter, anyJson, mutationsOf, oddText, runs } from '../testing/fuzz.ts';
import { config, requestOf } from '../testing/request.ts';
import type { ProxyEvent } from './received-event.ts';

const promptCanary = 'canary-prompt';
const keyCanary = 'canary-key';

/** Far more than any error or answer here, in bytes. */
const mostBytes = 1024 * 1024;

const ask = {
  model: 'llama',
  question: `What is a ${promptCanary}`,
  system: promptCanary,
  history: [
    { role: 'user', text: promptCanary },
    { role: 'assistant', text: promptCanary },
  ],
  maxTokens: 100,
  temperature: 0.5,
  stop: [promptCanary],
  outputSchema: {
    type: 'object',
    properties: { place: { type: 'string', description: promptCanary } },
    required: ['place'],
  },
};

/** JSON that random generation does not produce. */
const extremeBodies = fc.constantFrom(
  '{"model":"llama","question":"Hi","question":5}',
  '{"model":"llama","question":"Hi","__proto__":{"system":"x"}}',
  `{"model":"llama","question":"Hi","${'x'.repeat(3_000_000)}":1}`,
  `{"model":"llama","question":"Hi","history":[${'{},'.repeat(6000)}{}]}`,
  `{"model":"llama","question":"Hi","outputSchema":${'{"not":'.repeat(10_000)}{}${'}'.repeat(10_000)}}`,
);

const bodies = fc.oneof(
  { weight: 20, arbitrary: mutationsOf(ask).map((body) => JSON.stringify(body)) },
  { weight: 4, arbitrary: anyJson.map((body) => JSON.stringify(body)) },
  { weight: 4, arbitrary: fc.string({ unit: anyCharacter }) },
  { weight: 1, arbitrary: extremeBodies },
  { weight: 1, arbitrary: fc.constant(null) },
);

const headers = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ 'Content-Type': fc.constant('application/json'), origin: fc.webUrl() }),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.oneof(fc.constantFrom('content-type', 'CONTENT-TYPE', 'Origin', 'authorization'), oddText),
      fc.oneof(
        fc.constantFrom('application/json; charset=utf-16', 'text/plain', 'https://a.example'),
        fc.string({ unit: anyCharacter, maxLength: 10_240 }),
      ),
      { maxKeys: 5 },
    ),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);

/** Mostly an ask. */
const route = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(routes.ask, routes.stream) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...Object.values(routes).filter(({ asks }) => !asks)),
  },
  { weight: 1, arbitrary: fc.record({ method: oddText, path: oddText }) },
);

const mostly = <Value>(value: Value, others: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: others });

const anEvent = {
  httpMethod: 'POST',
  resource: '/bedrock',
  headers: { 'content-type': 'application/json', origin: 'https://a.example' },
  body: JSON.stringify(ask),
  isBase64Encoded: false,
  requestContext: {
    requestId: 'request-1',
    requestTimeEpoch: Date.parse('2026-11-22T12:00:00Z'),
    identity: { apiKeyId: 'key1', apiKey: keyCanary },
  },
};

/** Possible events of API Gateway: strings in its own fields, and any string that a caller can choose. */
const events: fc.Arbitrary<ProxyEvent> = fc
  .record({
    route,
    headers,
    model: fc.oneof(oddText, fc.constantFrom('llama', 'titan', '%E0%A4%A', promptCanary)),
    body: bodies,
    encoded: fc.boolean(),
    mislabelled: mostly(false, fc.constant(true)),
    apiKeyId: mostly<string | null>('key2', fc.oneof(fc.constantFrom('key1', null), oddText)),
  })
  .map(({ route: { method, path }, headers: sent, model, body, encoded, mislabelled, apiKeyId }) => ({
    httpMethod: method,
    resource: path,
    pathParameters: path.includes('{') ? { model } : null,
    headers: sent && { ...sent, 'x-api-key': keyCanary },
    body: body !== null && encoded ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: encoded !== mislabelled,
    requestContext: { ...anEvent.requestContext, identity: { apiKeyId, apiKey: keyCanary } },
  }));

/** Events that API Gateway never sends, but anyone who may invoke the function can. */
const otherEvents = fc.oneof(anyJson, mutationsOf(anEvent));

async function send(event: ProxyEvent) {
  const seen = requestOf(null, { config: { ...config, corsOrigins: ['https://a.example'] } });
  return { seen, ...(await exchange(event, seen.handlerOptions)) };
}

/** Throws if a forbidden string was written, or a hold remains. */
function checkTraces({ body, head, seen }: Awaited<ReturnType<typeof send>>): void {
  const { lines, holds, charges, calls } = seen;
  const written = `${JSON.stringify(head)}${body}${lines.join('')}`;
  expect(written).not.toContain(promptCanary);
  expect(written).not.toContain(keyCanary);
  expect(Buffer.byteLength(body)).toBeLessThan(mostBytes);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'request' });
  expect([holds.length, charges.length]).toEqual([calls.length, calls.length]);
}

test("every request from API Gateway is answered in the contract's words, without repeating the request", async () => {
  await fc.assert(
    fc.asyncProperty(events, async (event) => {
      const answered = await send(event);
      checkTraces(answered);
      for (const [name, value] of Object.entries(answered.head.headers)) {
        validateHeaderName(name);
        validateHeaderValue(name, String(value));
      }
      const code = codeOf(answered);
      // Of all dependencies, only the model failed.
      if (code && errorDefinition(code).status >= 500) expect(code).toBe('invalid_output');
    }),
    runs(300),
  );
});

test('an event that API Gateway never sends is answered all the same', async () => {
  await fc.assert(
    fc.asyncProperty(otherEvents, async (event) => {
      const answered = await send(JSON.parse(JSON.stringify(event)));
      checkTraces(answered);
      codeOf(answered);
    }),
    runs(300),
  );
});
