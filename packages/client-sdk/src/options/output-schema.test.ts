import { expect, test, vi } from 'vitest';
import { answer, envelope, events, type Handler, replying, streaming } from '../../test/loopback-server.ts';
import { scene, settings } from '../../test/scene.ts';
import type { SchemaResult, StandardJsonSchema, StandardSchema } from '../answer/standard-schema.ts';
import { createBedrockClient } from '../client.ts';

interface Greeting {
  greeting: string;
}

const [start, first, second, done] = events;
const personJsonSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

/** As any library checks: it takes a name, and returns its greeting. */
function validate(value: unknown): SchemaResult<Greeting> {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
  return typeof name === 'string'
    ? { value: { greeting: `Hello, ${name}!` } }
    : { issues: [{ message: 'Expected a name.', path: ['people', { key: 0 }, 'name'] }] };
}

const plain: StandardSchema<Greeting> = { '~standard': { version: 1, vendor: 'test', validate } };

/** A schema that can be converted, with some parts of its own. */
function schemaWith(parts: Partial<StandardJsonSchema<Greeting>['~standard']>): StandardJsonSchema<Greeting> {
  const jsonSchema = { input: () => personJsonSchema };
  return { '~standard': { version: 1, vendor: 'test', validate, jsonSchema, ...parts } };
}

const person = schemaWith({});

const says = (output: unknown) => replying(200, { ...answer, output, text: JSON.stringify(output ?? null) });

async function asking(handler: Handler) {
  const { client, calls } = await scene(handler);
  return { client, calls, sentSchema: () => JSON.parse(calls[0]?.body ?? '{}').outputSchema };
}

test('the schema is sent as JSON Schema, and the output is what it returns', async () => {
  const { client, sentSchema } = await asking(says({ name: 'Ada' }));
  const got = await client.ask('llama', 'Who?', { schema: person, maxTokens: 50 });
  expect(got.output.greeting).toBe('Hello, Ada!');
  expect(got).toMatchObject({ text: '{"name":"Ada"}', requestId: 'request-1', attempts: 1 });
  expect(sentSchema()).toEqual(personJsonSchema);
});

test('the JSON Schema is of what the schema takes, not of what it returns', async () => {
  const { client } = await asking(says({ name: 'Ada' }));
  const input = vi.fn(() => personJsonSchema);
  const output = vi.fn(() => ({}));
  const schema = { '~standard': { ...person['~standard'], jsonSchema: { input, output } } };
  await client.ask('llama', 'Who?', { schema });
  expect(input).toHaveBeenCalledExactlyOnceWith({ target: 'draft-2020-12' });
  expect(output).not.toHaveBeenCalled();
});

test.each([
  ['be a function, as those of ArkType are', Object.assign(() => {}, person)],
  ['check asynchronously', schemaWith({ validate: async (value) => validate(value) })],
])('a schema can %s', async (_, schema) => {
  const { client } = await asking(says({ name: 'Ada' }));
  expect((await client.ask('llama', 'Who?', { schema })).output.greeting).toBe('Hello, Ada!');
});

test.each([plain, person])('the JSON Schema that is given is the one that is sent', async (schema) => {
  const { client, sentSchema } = await asking(says({ name: 'Ada' }));
  const outputSchema = { ...personJsonSchema, title: 'Person' };
  const got = await client.ask('llama', 'Who?', { schema, outputSchema });
  expect(got.output.greeting).toBe('Hello, Ada!');
  expect(sentSchema()).toEqual(outputSchema);
});

test('a JSON Schema alone gives an output of unknown type, as the proxy sent it', async () => {
  const { client, sentSchema } = await asking(says({ name: 'Ada' }));
  const got = await client.ask('llama', 'Who?', { outputSchema: personJsonSchema });
  expect(got.output).toEqual({ name: 'Ada' });
  expect(sentSchema()).toEqual(personJsonSchema);
});

test.each([[{ age: 3 }], [null], [undefined]])(
  'an output that the schema refuses is an error that says where: %j',
  async (output) => {
    const { client, calls } = await asking(says(output));
    await expect(client.ask('llama', 'Who?', { schema: person })).rejects.toMatchObject({
      name: 'OutputValidationError',
      code: 'invalid_output',
      issues: [{ path: 'people.0.name', message: 'Expected a name.' }],
      stopReason: 'end_turn',
      requestId: 'request-1',
      attempts: 1,
      retryable: false,
    });
    expect(calls).toHaveLength(1);
  },
);

test('a fault without a path is of the whole output', async () => {
  const { client } = await asking(says(1));
  const schema = schemaWith({ validate: () => ({ issues: [{ message: 'No.' }] }) });
  await expect(client.ask('llama', 'Who?', { schema })).rejects.toMatchObject({
    issues: [{ path: '', message: 'No.' }],
  });
});

test('an output that the proxy refuses is the same error', async () => {
  const issues = [{ path: 'name', message: 'must be string' }];
  const refused = envelope('invalid_output', { stopReason: 'max_tokens', issues });
  const { client, calls } = await asking(replying(502, refused));
  await expect(client.ask('llama', 'Who?', { schema: person })).rejects.toMatchObject({
    name: 'OutputValidationError',
    stopReason: 'max_tokens',
    issues,
    status: 502,
  });
  expect(calls).toHaveLength(1);
});

test('a mistake in the schema’s own code is thrown as it is', async () => {
  const { client } = await asking(says({ name: 'Ada' }));
  const mistake = new TypeError('x is not a function');
  const schema = schemaWith({
    validate: () => {
      throw mistake;
    },
  });
  await expect(client.ask('llama', 'Who?', { schema })).rejects.toBe(mistake);
  await expect(client.safeAsk('llama', 'Who?', { schema })).rejects.toBe(mistake);
});

const circle: Record<string, unknown> = { type: 'object' };
circle['itself'] = circle;

const reason = new Error('Dates cannot be represented in JSON Schema');
const unconvertible = schemaWith({
  jsonSchema: {
    input: () => {
      throw reason;
    },
  },
});

const choice = schemaWith({ jsonSchema: { input: () => ({ anyOf: [personJsonSchema, { type: 'null' }] }) } });
const exclusiveChoice = schemaWith({ jsonSchema: { input: () => ({ oneOf: [personJsonSchema] }) } });

test.each<[string, object, string, RegExp, cause?: Error]>([
  ['something that is not a schema', { schema: { type: 'object' } }, 'schema', /Standard Schema/],
  ['a schema of null', { schema: null }, 'schema', /Standard Schema/],
  ['a schema without a JSON Schema', { schema: plain }, 'schema', /Pass outputSchema too/],
  ['a schema that cannot be converted', { schema: unconvertible }, 'schema', /cannot be converted/, reason],
  ['a schema of a union', { schema: choice }, 'schema', /Wrap it in an object/],
  ['a schema of a discriminated union', { schema: exclusiveChoice }, 'schema', /Wrap it in an object/],
  ['a JSON Schema that is text', { outputSchema: '{}' }, 'outputSchema', /must be an object/],
  ['a JSON Schema that is a circle', { outputSchema: circle }, 'outputSchema', /must be JSON/],
])('%s is refused before anything is sent', async (_, options, field, message, cause) => {
  const fetch = vi.fn();
  const client = createBedrockClient({ ...settings, fetch });
  await expect(Reflect.apply(client.ask, client, ['llama', 'Who?', options])).rejects.toMatchObject({
    code: 'invalid_configuration',
    field,
    message: expect.stringMatching(message),
    ...(cause && { cause }),
  });
  expect(() => Reflect.apply(client.stream, client, ['llama', 'Who?', options])).toThrow(message);
  expect(fetch).not.toHaveBeenCalled();
});

test('a stream ends with what the schema returns', async () => {
  const output = { name: 'Ada' };
  const { client, sentSchema } = await asking(streaming(start, first, second, { ...done, output }));
  const stream = client.stream('llama', 'Who?', { schema: person });
  for await (const event of stream) {
    if (event.type === 'done') expect(event.output.greeting).toBe('Hello, Ada!');
  }
  expect((await stream.final()).output.greeting).toBe('Hello, Ada!');
  expect(sentSchema()).toEqual(personJsonSchema);
});

test('a stream whose output the schema refuses fails, instead of its last event', async () => {
  const { client } = await asking(streaming(start, first, second, { ...done, output: { age: 3 } }));
  const stream = client.stream('llama', 'Who?', { schema: person });
  const types: string[] = [];
  const reading = async () => {
    for await (const { type } of stream) types.push(type);
  };
  await expect(reading()).rejects.toMatchObject({ name: 'OutputValidationError', requestId: 'request-1' });
  expect(types).toEqual(['start', 'delta', 'delta']);
});
