import { ConfigurationError, InvalidRequestError } from '@org/bedrock-client';
import { describe, expect, test } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: as users of the client have it, whose schemas it converts by itself.
import * as z from 'zod';
import { sharedSystems } from './harness.ts';

const shared = sharedSystems();

const question = 'What is a dystopia?';

const place = z.object({ city: z.string(), people: z.int() }).meta({ id: 'Place' });
const named = z.object({ name: z.string() });
const dated = z.object({ year: z.number() });

const category = z.object({
  name: z.string(),
  get subcategories() {
    return z.array(category);
  },
});

interface Link {
  value: string;
  next: Link | null;
}
const link: z.ZodType<Link> = z.lazy(() => z.object({ value: z.string(), next: link.nullable() }));

const person = z
  .object({
    name: z.string(),
    get employer() {
      return company.optional();
    },
  })
  .meta({ id: 'Person' });
const company = z
  .object({
    name: z.string(),
    get people() {
      return z.array(person);
    },
  })
  .meta({ id: 'Company' });

const schemas: readonly (readonly [what: string, schema: z.ZodType])[] = [
  ['one with a name', place],
  ['one that uses one with a name', z.object({ from: place, to: place.describe('The end.') })],
  ['an intersection', z.intersection(named, dated)],
  ['an intersection of several, one with a name', named.and(dated).and(place).describe('Where.')],
  ['one that holds itself in a list', category],
  ['one that holds itself, or nothing', link],
  ['one whose parts hold each other', person],
  ['an intersection with one that holds itself', category.and(dated)],
  [
    'one with a tuple',
    z.object({ pair: z.tuple([z.string()]), more: z.record(z.enum(['a', 'b']), z.int()) }),
  ],
];

test.each([
  ['by Bedrock itself', 'claude-haiku-4.5'],
  ['by a tool that it is made to call', 'nova-lite'],
])('a model answers by any schema of one object, whole or in pieces (%s)', async (_way, model) => {
  const { client } = (await shared('everything')).client('all-key');
  for (const [what, schema] of schemas) {
    const { output } = await client.ask(model, question, { schema });
    expect([what, schema.safeParse(output).success]).toEqual([what, true]);
    expect((await client.stream(model, question, { schema }).final()).output).toEqual(output);
  }
});

describe('a schema that no answer can have', () => {
  const either = z.union([named, dated]);

  test('because it is a union, is refused before it is sent, with what to do', async () => {
    const { client, requests } = (await shared('everything')).client('all-key');
    const { error } = await client.safeAsk('nova-lite', question, { schema: either });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error?.message).toContain('Wrap it in an object');
    expect(requests()).toBe(0);
    const { output } = await client.ask('nova-lite', question, { schema: z.object({ result: either }) });
    expect(either.safeParse(output.result).success).toBe(true);
  });

  test.each([
    ['a union with a name', z.toJSONSchema(either.meta({ id: 'Either' })), 'outputSchema.$defs.Either.anyOf'],
    ['a choice', { anyOf: [{ type: 'object' }] }, 'outputSchema.anyOf'],
    ['a reference to another document', { $ref: 'https://example.com/a.json' }, 'outputSchema.$ref'],
    ['a circle', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, 'outputSchema.$defs.a.$ref'],
    [
      'parts that exclude each other',
      z.toJSONSchema(named.and(dated).and(place)),
      'outputSchema.allOf.1.additionalProperties',
    ],
  ])(
    'because it is %s, is refused at its place, and nothing is charged',
    async (_what, outputSchema, path) => {
      const system = await shared('everything');
      const { client } = system.client('all-key');
      const used = async () => (await client.usage()).limits.map((limit) => limit.used);
      const before = await used();
      const { error } = await client.safeAsk('nova-lite', question, { outputSchema });
      expect(error).toBeInstanceOf(InvalidRequestError);
      expect(error).toMatchObject({ code: 'invalid_request', param: 'outputSchema', issues: [{ path }] });
      expect(system.bedrock.received).toEqual([]);
      expect(await used()).toEqual(before);
    },
  );
});
