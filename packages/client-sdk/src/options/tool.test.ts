import { expect, test, vi } from 'vitest';
import type { SchemaResult, StandardJsonSchema } from '../answer/standard-schema.ts';
import { ConfigurationError } from '../errors/errors.ts';
import { ToolError } from '../errors/tool-error.ts';
import { tool } from './tool.ts';

const inputSchema = { type: 'object', properties: { city: { type: 'string' } } };

/** As any library checks: it takes a city, and returns it in capitals. */
function validate(value: unknown): SchemaResult<{ city: string }> {
  const city = typeof value === 'object' && value !== null && 'city' in value ? value.city : undefined;
  return typeof city === 'string'
    ? { value: { city: city.toUpperCase() } }
    : { issues: [{ message: 'Expected a city.', path: ['city'] }, { message: 'No.' }] };
}

const plain = { '~standard': { version: 1, vendor: 'test', validate } } as const;
const input: StandardJsonSchema<{ city: string }> = {
  '~standard': { ...plain['~standard'], jsonSchema: { input: () => inputSchema } },
};
const context = { id: '1', signal: new AbortController().signal };

test('a tool has the JSON Schema of its input, and runs with what the schema returns', async () => {
  const run = vi.fn(({ city }: { city: string }) => `Sunny in ${city}.`);
  const weather = tool({ name: 'weather', description: 'Says how the weather is.', input, run });
  expect(weather).toMatchObject({ name: 'weather', description: 'Says how the weather is.', inputSchema });
  expect(await weather.run({ city: 'Oslo' }, context)).toBe('Sunny in OSLO.');
  expect(run).toHaveBeenCalledExactlyOnceWith({ city: 'OSLO' }, context);
});

test('input that does not fit is a ToolError that lists every fault, and run is not called', async () => {
  const run = vi.fn();
  const refused = tool({ name: 'weather', input, run }).run({ city: 7 }, context);
  await expect(refused).rejects.toThrow(
    new ToolError('The input does not fit the schema of the tool. city: Expected a city.; No.'),
  );
  expect(run).not.toHaveBeenCalled();
});

test('a JSON Schema that is given is the one that is sent, and one alone checks nothing', async () => {
  const given = { ...inputSchema, title: 'Place' };
  expect(tool({ name: 'weather', input: plain, inputSchema: given }).inputSchema).toBe(given);
  const unchecked = tool({ name: 'weather', inputSchema: given, run: (written) => written });
  expect(await unchecked.run({ any: 1 }, context)).toEqual({ any: 1 });
});

test('a tool without run is only declared', () => {
  expect(tool({ name: 'weather', input })).toEqual({ name: 'weather', inputSchema });
});

test.each<[unknown, string, string]>([
  [null, 'tool', 'tool must be an object.'],
  [{ inputSchema }, 'name', 'name must be a string.'],
  [{ name: 'weather' }, 'inputSchema', 'inputSchema must be an object.'],
  [{ name: 'weather', inputSchema, run: 7 }, 'run', 'run must be a function.'],
  [{ name: 'weather', inputSchema, execute: 7 }, 'execute', 'Unknown option "execute" for tool().'],
  [
    { name: 'weather', input: plain },
    'input',
    'input cannot be converted to JSON Schema. Pass inputSchema too, for example z.toJSONSchema(schema).',
  ],
  [
    { name: 'weather', input: inputSchema },
    'input',
    'input must be a Standard Schema, such as a zod 4 object.',
  ],
])('a definition that is wrong is refused at once: %#', (definition, field, message) => {
  const make = () => Reflect.apply(tool, undefined, [definition]);
  expect(make).toThrow(new ConfigurationError({ field, message }));
});
