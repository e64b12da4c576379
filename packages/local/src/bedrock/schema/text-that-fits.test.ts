import { structuredCall } from '@org/lambda/call/structured-output/structured-output';
import { modelBy } from '@org/lambda/testing/schemas';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { isJsonSchema } from './json-schema.ts';
import { structuredAnswer } from './structured-answer.ts';
import { textThatFits } from './text-that-fits.ts';

/** What an app developer writes. */
const Person = z.object({
  email: z.email(),
  id: z.uuid(),
  site: z.url(),
  born: z.iso.date(),
  seen: z.iso.datetime(),
  opens: z.iso.time(),
  lasts: z.iso.duration(),
  address: z.ipv4(),
  ticket: z.string().check(z.regex(/^[A-Z]{3}-\d{4}$/)),
  begins: z.string().check(z.startsWith('ab')),
  token: z.nanoid(),
  short: z.string().check(z.maxLength(5)),
  long: z.string().check(z.minLength(80), z.maxLength(90)),
  both: z.string().check(z.regex(/^[a-z]+$/), z.minLength(5), z.maxLength(7)),
  share: z.number().check(z.minimum(5), z.maximum(6)),
  count: z.int().check(z.gt(3)),
  tags: z.array(z.string().check(z.regex(/^#\w+$/))).check(z.minLength(2), z.maxLength(3)),
});

test.each(['native', 'tool'] as const)(
  'an answer fits the formats, patterns and bounds of zod (%s)',
  (way) => {
    const outputSchema = z.toJSONSchema(Person);
    if (!isJsonSchema(outputSchema)) throw new Error('zod made no schema.');
    const held = structuredCall(
      { outputSchema: JSON.parse(JSON.stringify(outputSchema)) },
      modelBy(way),
    )?.schema;
    const answer = structuredAnswer(held ?? {}, 'What is a dystopia, and where do they come from?');
    expect(z.safeParse(Person, answer).error?.issues ?? []).toEqual([]);
  },
);

test('a text that a pattern and its bounds leave as it is quotes the question', () => {
  expect(textThatFits({ type: 'string', pattern: '^What', maxLength: 4 }, 'What is it?')).toBe('What');
});

test('what no text can be made for quotes the question, and is the same each time', () => {
  expect(textThatFits({ pattern: '^(?!.)$x' }, 'Why?')).toBe('Why?');
  expect(textThatFits({ pattern: '(' }, 'Why?')).toBe('Why?');
  const made = () => textThatFits({ pattern: '^[a-f]{4,9}$' }, 'Why?');
  expect(made()).toBe(made());
});
