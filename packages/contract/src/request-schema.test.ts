import { expect, test } from 'vitest';
import { AskRequestSchema } from './request-schema.ts';

const takes = (outputSchema: unknown) =>
  AskRequestSchema.safeParse({ model: 'titan', question: 'Who?', outputSchema }).success;

test.each([
  { type: 'object' },
  { $ref: '#/$defs/a', $defs: { a: { type: 'object' } } },
  { allOf: [{ type: 'object' }], description: 'One.' },
  { type: 'object', $ref: '#' },
])('%j may be the schema of an answer', (schema) => {
  expect(takes(schema)).toBe(true);
});

test.each([
  {},
  { properties: {} },
  { type: 'string' },
  { type: ['object'] },
  { type: null, $ref: '#' },
  [],
  true,
])('%j is not a schema of an object', (schema) => {
  expect(takes(schema)).toBe(false);
});
