import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, exposedHeaders, type Route, routes } from '@org/contract';
import type { ExceptionName } from '@org/local/bedrock';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { editResources } from './edit-template.ts';
import { type Reply, type Sent, type System, startSystem } from './harness.ts';

const document: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/openapi.json'), 'utf8'));

/** The parts of the document about answers and headers. */
const Response = z.object({
  headers: z.record(z.string(), z.unknown()),
  content: z.record(z.string(), z.unknown()),
});
const Request = z.object({
  content: z.object({
    'application/json': z.object({ examples: z.record(z.string(), z.object({ value: z.looseObject({}) })) }),
  }),
});
const Paths = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ requestBody: z.optional(Request), responses: z.record(z.string(), Response) }),
  ),
);
const { paths } = z.object({ paths: Paths }).parse(document);

/** The document's example bodies for a route. */
const examplesOf = ({ path, method }: Route): object[] => {
  const { requestBody } = paths[path]?.[method.toLowerCase()] ?? {};
  return Object.values(requestBody?.content['application/json'].examples ?? {}).map(({ value }) => value);
};

/** Readers should ignore unknown fields. Here they are an error, because the document would lack them. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  return 'properties' in value ? { additionalProperties: false, ...parts } : parts;
}

const isTime = (text: string) => !Number.isNaN(Date.parse(text));
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': isTime, date: isTime } });
ajv.addSchema(z.record(z.string(), z.unknown()).parse(closed(document)), 'document');

function expectFits(value: unknown, ...pointer: readonly string[]): void {
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`document#/${escaped.join('/')}`);
  expect([pointer.join(' '), validate?.(value), validate?.errors]).toEqual([pointer.join(' '), true, null]);
}

/** A stream's events as JSON, without a parser that drops unknown fields. */
const eventsOf = (text: string): unknown[] =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));

/** Checks that the document has the reply for the route: its status, type, headers and body. */
function expectDocumented({ path, method }: Route, { status, headers, text, json }: Reply): void {
  const type = headers.get('content-type') ?? '';
  const operation = [path, method.toLowerCase()] as const;
  const response = paths[path]?.[method.toLowerCase()]?.responses[status];
  expect(Object.keys(response?.content ?? {})).toContain(type);
  for (const body of type === 'text/event-stream'
    ? eventsOf(text)
    : [type === 'text/plain' ? text : json()]) {
    expectFits(body, 'paths', ...operation, 'responses', String(status), 'content', type, 'schema');
  }
  const sent = exposedHeaders.filter((name) => headers.has(name));
  expect(Object.keys(response?.headers ?? {})).toEqual(expect.arrayContaining(sent));
  for (const name of sent)
    expectFits(headerValue(headers.get(name)), 'components', 'headers', name, 'schema');
}

/** Numbers and booleans are written as in JSON, strings without quotation marks. */
function headerValue(header: string | null): unknown {
  return /^(?:-?[\d.]+|true|false)$/.test(header ?? '') ? JSON.parse(header ?? '') : header;
}

test('every example request is answered as the document says, complete and streamed', async () => {
  const { send, keyValue } = await startSystem('shipped');
  const key = keyValue('tollmkey');
  for (const route of [routes.ask, routes.stream, routes.embed]) {
    expect(examplesOf(route).length).toBeGreaterThan(0);
    for (const body of examplesOf(route)) {
      const reply = await send({ key, path: route.path, body });
      expect(reply.status).toBe(200);
      expectDocumented(route, reply);
    }
  }
  for (const route of [routes.models, routes.usage]) {
    const reply = await send({ key, path: route.path, method: 'GET' });
    expect(reply.status).toBe(200);
    expectDocumented(route, reply);
  }
}, 60_000);

const question = { model: 'llama', question: 'What is a dystopia' };

const exception = (name: ExceptionName, message = '') => ({ kind: 'exception', name, message }) as const;

/** Causes an error, and returns the request to send for it. */
type Provocation = (system: System) => Partial<Sent>;

/** The errors that calls can get from a deployment in its normal state. */
const provocations: Partial<Readonly<Record<ErrorCode, Provocation>>> = {
  unauthenticated: () => ({ key: 'unknown' }),
  invalid_json: () => ({ body: '{' }),
  invalid_request: () => ({ body: { ...question, prompt: 1, history: [{ role: 'user' }] } }),
  context_too_long({ bedrock }) {
    bedrock.failNext(exception('ValidationException', 'Input is too long for requested model.'));
    return {};
  },
  unsupported_feature: () => ({ body: { ...question, outputSchema: { type: 'object' } } }),
  model_not_allowed: () => ({ body: { ...question, model: 'nova-pro' } }),
  unknown_model: () => ({ body: { ...question, model: 'gpt' } }),
  request_too_large: () => ({ body: { ...question, question: 'x'.repeat(7 * 1024 * 1024) } }),
  exceeds_limit: () => ({ body: { ...question, question: 'x'.repeat(600_000) } }),
  model_throttled({ bedrock }) {
    bedrock.failNext(exception('ThrottlingException'), exception('ThrottlingException'));
    return {};
  },
  upstream_error({ bedrock }) {
    bedrock.failNext(exception('InternalServerException'));
    return {};
  },
  upstream_denied({ bedrock }) {
    bedrock.failNext(exception('UnrecognizedClientException'));
    return {};
  },
  model_unavailable({ bedrock }) {
    bedrock.failNext(exception('ResourceNotFoundException'));
    return {};
  },
  limits_unavailable({ dynamodb }) {
    dynamodb.failNext({ kind: 'exception', name: 'InternalServerError' });
    return {};
  },
};

test('errors are as the document says, complete and streamed', async () => {
  const system = await startSystem('shipped');
  for (const [code, provoke] of Object.entries(provocations)) {
    for (const route of [routes.ask, routes.stream]) {
      const usual = { key: system.keyValue('tollmkey'), path: route.path, body: question };
      const reply = await system.send({ ...usual, ...provoke(system) });
      expect(reply.error().code).toBe(code);
      expectDocumented(route, reply);
    }
  }
}, 60_000);

test('an answer that does not fit its schema is as the document says: an error, or the last event of a stream', async () => {
  const { send, bedrock, keyValue } = await startSystem('shipped');
  for (const route of [routes.ask, routes.stream]) {
    const [body = {}] = examplesOf(route).filter((example) => 'outputSchema' in example);
    bedrock.answerNext({ deltas: ['{"city":', '1}'] });
    const reply = await send({ key: keyValue('tollmkey'), path: route.path, body });
    expect(reply.text).toContain('invalid_output');
    expectDocumented(route, reply);
  }
});

test("API Gateway's own answers are as the document says", async () => {
  const { send, keyValue, bedrock, gateway } = await startSystem('shipped');
  const key = keyValue('research-key');
  const large = await send({ key, body: { ...question, question: 'x'.repeat(11 * 1024 * 1024) } });
  expect(large.status).toBe(413);
  expectDocumented(routes.ask, large);

  bedrock.failNext({ kind: 'stall' });
  const killed = send({ key, body: question });
  while (bedrock.received.length === 0) await new Promise(setImmediate);
  await gateway.killFunctions();
  expect((await killed).error().code).toBe('internal');
  expectDocumented(routes.ask, await killed);

  // The plan's burst is 10, and the clock stands still.
  const usage = () => send({ key, method: 'GET', path: routes.usage.path });
  const replies = await Promise.all(Array.from({ length: 12 }, usage));
  const limited = replies.filter(({ status }) => status === 429);
  expect(limited.map((reply) => reply.error().code)).toContain('rate_limited');
  for (const reply of limited) expectDocumented(routes.usage, reply);
}, 60_000);

test('the answer for a model that is too slow is as the document says', async () => {
  const { send, keyValue, bedrock } = await startSystem('shipped', {
    editTemplate: editResources('AWS::Lambda::Function', (properties) => ({ ...properties, Timeout: 2 })),
  });
  bedrock.failNext({ kind: 'stall' });
  const reply = await send({ key: keyValue('tollmkey'), body: question });
  expect(reply.error().code).toBe('model_timeout');
  expectDocumented(routes.ask, reply);
});
