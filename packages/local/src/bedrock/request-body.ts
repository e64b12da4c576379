import * as z from 'zod/mini';
import { type BedrockException, invalid } from './exception.ts';

/**
 * Reads JSON as a schema has it.
 *
 * @throws {BedrockException} Names what is wrong and where.
 */
export function readBody<T>(schema: z.ZodMiniType<T>, body: unknown): T {
  const result = z.safeParse(schema, body);
  if (result.success) return result.data;
  throw malformed(
    result.error.issues.flatMap((issue) => {
      const place = ['#', ...issue.path.map(String)].join('/');
      if (issue.code !== 'unrecognized_keys') return `${place}: ${issue.message}`;
      return issue.keys.map((key) => `${place}: extraneous key [${key}] is not permitted`);
    }),
  );
}

/** @throws {BedrockException} */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(['#: not JSON']);
  }
}

function malformed(problems: readonly string[]): BedrockException {
  return invalid(`Malformed input request: ${problems.join('')}, please reformat your input and try again.`);
}
