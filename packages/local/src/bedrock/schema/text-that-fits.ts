import fc from 'fast-check';
import type { JsonSchema } from './json-schema.ts';

/** A string of each format that JSON Schema has, as far as it is more than any text. */
const examples: ReadonlyMap<unknown, string> = new Map([
  ['date-time', '2026-01-31T12:00:00Z'],
  ['date', '2026-01-31'],
  ['time', '12:00:00Z'],
  ['duration', 'PT1H'],
  ['email', 'someone@example.com'],
  ['idn-email', 'someone@example.com'],
  ['hostname', 'example.com'],
  ['idn-hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uri', 'https://example.com/'],
  ['iri', 'https://example.com/'],
  ['uri-reference', '/'],
  ['iri-reference', '/'],
  ['uuid', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
  ['json-pointer', '/a'],
  ['relative-json-pointer', '0'],
  ['regex', '.'],
]);

/** How many strings of a pattern are tried: some are too short, or too long. */
const tries = 100;

/**
 * A string that fits a schema: the beginning of the question, or else an example of the format, or else one that is
 * made of the pattern. Where none fits, the beginning of the question. The same for the same schema and question.
 */
export function textThatFits(schema: JsonSchema, question: string): string {
  const { format, pattern, minLength, maxLength } = schema;
  const least = typeof minLength === 'number' ? minLength : 0;
  const most = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY;
  const quoted = Array.from(question).slice(0, Math.min(most, 40)).join('').padEnd(least, '.');
  const expression = typeof pattern === 'string' ? regularExpression(pattern) : undefined;
  const fits = (text: string) => {
    const { length } = Array.from(text);
    return length >= least && length <= most && (expression?.test(text) ?? true);
  };

  const example = examples.get(format);
  if (example === undefined && fits(quoted)) return quoted;
  if (example !== undefined && fits(example)) return example;
  return (expression && made(expression, most).find(fits)) ?? quoted;
}

function regularExpression(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

/** Strings that match; none where the pattern looks ahead, or has something else that they cannot be made of. */
function made(expression: RegExp, maxLength: number): string[] {
  try {
    const matching = fc.stringMatching(expression, { maxLength: Math.min(maxLength, 1000) });
    return fc.sample(matching, { seed: 1, numRuns: tries });
  } catch {
    return [];
  }
}
