import { AskRequestSchema } from '@org/contract';
import { expect, test } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: it is about schemas of zod's own kind, which convert themselves.
import * as z from 'zod';
import { jsonSchemaOf } from './json-schema.ts';

const names = { schema: 'schema', jsonSchema: 'outputSchema' };

interface Tree {
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.object({
  get children() {
    return z.array(tree);
  },
});
const user = z.object({ name: z.string() }).meta({ id: 'User' });

test.each<[string, z.ZodType]>([
  ['with an id of its own', user],
  ['that has one with an id', z.object({ first: user, second: user })],
  ['that contains itself', tree],
  ['with a description', z.object({ name: z.string() }).describe('One.')],
  ['of two that are one', z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
])('a zod schema %s is converted to one that the proxy takes', (_, schema) => {
  const outputSchema = jsonSchemaOf(schema, undefined, names);
  const request = { model: 'llama', question: 'Who?', outputSchema };
  expect(AskRequestSchema.safeParse(request).error?.issues).toBeUndefined();
});
