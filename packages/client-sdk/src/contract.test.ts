import {
  AnswerSchema,
  type AvailableModels,
  AvailableModelsSchema,
  type Answer as ContractAnswer,
  type ErrorEnvelope as ContractEnvelope,
  routes as contractRoutes,
  ErrorEnvelopeSchema,
  errorDefinition,
  type ModelList,
  ModelListSchema,
  type RequestIssues,
  RequestIssuesSchema,
  type StreamEvent,
  StreamEventSchema,
  type UsageReport,
  UsageReportSchema,
} from '@org/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, envelope, events, limits } from '../test/loopback-server.ts';
import { readAnswer } from './answer/answer.ts';
import { readModelList } from './answer/model-list.ts';
import { type Reader, readIfShaped } from './answer/shape.ts';
import { readStreamEvent } from './answer/stream-event.ts';
import { readUsageReport } from './answer/usage-report.ts';
import { readAvailable, readErrorEnvelope, readIssues } from './errors/error-envelope.ts';
import { gatewayError } from './errors/gateway-error.ts';
import { routes } from './http/routes.ts';

/** What the client has of its own is equal to the contract, whose schemas are too large to be bundled. */

interface Schema {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: unknown };
}

/** With each field that may be left out. */
type Whole<Value> = Value extends readonly (infer Item)[]
  ? Whole<Item>[]
  : Value extends object
    ? { [Name in keyof Value]-?: Whole<Exclude<Value[Name], undefined>> }
    : Value;

const wholeModel = {
  alias: 'llama',
  modelId: 'meta.llama',
  capabilities: ['system', 'telepathy'],
  contextTokens: 128_000,
  maxOutputTokens: 8192,
  lifecycle: { status: 'legacy', endOfLife: '2027-03-30' },
  price: { input: 0.24, output: 0.97 },
};

const more = {
  usage: { ...answer.usage, cacheReadTokens: 1, cacheWriteTokens: 0 },
  output: { name: 'Ada' },
};
const wholeAnswer: Whole<ContractAnswer> = { ...answer, ...more };
const wholeReport: Whole<UsageReport> = { limits };
const wholeList: Whole<ModelList> = { models: [wholeModel] };
const wholeEnvelope: Whole<ContractEnvelope> = envelope('internal', { a: 1 });
const [start, delta, , done] = events;
const wholeEvents: { [Event in StreamEvent as Event['type']]: Whole<Event> } = {
  start,
  delta,
  done: { ...done, ...more },
  error: wholeEnvelope,
};
const wholeIssues: Whole<RequestIssues> = {
  issues: [{ path: 'history.0.text', message: 'must not be empty' }],
};
const wholeAvailable: Whole<AvailableModels> = { available: ['llama', 'titan'] };

const shapes: [string, Schema, Reader<unknown>, unknown[]][] = [
  ['an answer', AnswerSchema, readAnswer, [answer, wholeAnswer]],
  ['a report of limits', UsageReportSchema, readUsageReport, [wholeReport]],
  ['a list of models', ModelListSchema, readModelList, [wholeList]],
  ['an event', StreamEventSchema, readStreamEvent, [...events, ...Object.values(wholeEvents)]],
  [
    'an envelope',
    ErrorEnvelopeSchema,
    readErrorEnvelope,
    [wholeEnvelope, { ...envelope('internal'), request_id: null }],
  ],
  ['issues', RequestIssuesSchema, readIssues, [wholeIssues]],
  ['available models', AvailableModelsSchema, readAvailable, [wholeAvailable]],
];

/** A value with one of its parts, or itself, replaced or taken away. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  const other = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(null, true, -1, 0.5, 2 ** 60, '', [], {}, '2026-13-01'),
  );
  if (Array.isArray(value)) {
    return fc.oneof(
      other,
      fc.nat(value.length).chain((at) => mutated(value[at]).map((part) => value.toSpliced(at, 1, part))),
    );
  }
  if (typeof value !== 'object' || value === null) {
    return other;
  }
  const fields = Object.entries(value);
  return fc.oneof(
    other,
    fc.constantFrom(...fields).map(([name]) => Object.fromEntries(fields.filter(([kept]) => kept !== name))),
    fc
      .constantFrom(...fields)
      .chain(([name, part]) => mutated(part).map((changed) => ({ ...value, [name]: changed }))),
    fc.jsonValue().map((added) => ({ ...value, added })),
  );
}

/** What the schema says, as the client has it: with a date for the text of a reset; `undefined` where there is none. */
function expected({ success, data }: ReturnType<Schema['safeParse']>): unknown {
  if (!success || typeof data !== 'object' || data === null || !('limits' in data)) {
    return data;
  }
  const statuses = UsageReportSchema.parse(data).limits.map((status) => ({
    ...status,
    resetsAt: new Date(status.resetsAt),
  }));
  const dated = statuses.every(({ resetsAt }) => !Number.isNaN(resetsAt.getTime()));
  return dated ? { ...data, limits: statuses } : undefined;
}

describe.each(shapes)('the reader of %s', (_, schema, reader, examples) => {
  test.each(examples)('reads what the contract says: %j', (example) => {
    const read = readIfShaped(reader, example);
    expect(read).toBeDefined();
    expect(read).toEqual(expected(schema.safeParse(example)));
  });

  test('takes what the schema takes, reads it equally, and refuses what it refuses', () => {
    const values = fc.constantFrom(...examples).chain((example) => mutated(example));
    fc.assert(
      fc.property(values, (value) => {
        expect(readIfShaped(reader, value)).toEqual(expected(schema.safeParse(value)));
      }),
      { numRuns: 2000 },
    );
  }, 60_000);
});

test('the routes are those of the contract', () => {
  for (const [name, { method, path, accept }] of Object.entries(routes)) {
    expect(contractRoutes).toHaveProperty(name, expect.objectContaining({ method, path, mediaType: accept }));
  }
});

test.each([
  'Too Many Requests',
  'Forbidden',
  'Missing Authentication Token',
  'Invalid request body',
  'Request Too Long',
  'Endpoint request timed out',
  'Internal server error',
])('"%s" of API Gateway has the message of the contract', (text) => {
  const error = gatewayError({ status: 429, headers: new Headers() }, { message: text });
  expect(error?.message).toBe(error && errorDefinition(error.code).message);
});
