import * as z from 'zod/mini';
import { invalid } from '../../exception.ts';
import { tokenize } from '../../model/tokens.ts';
import { readBody } from '../../request-body.ts';
import { dimensionsAmong, type Embedded, type Rounding, roundings, vectorOf } from './vector.ts';

/** Fields of both versions. Images are not simulated. */
const common = {
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  embedding_types: z.optional(
    z.array(z.enum(['float', 'int8', 'uint8', 'binary', 'ubinary'])).check(z.minLength(1)),
  ),
};

/** Each version's names for the end that is cut from a too long string; `undefined` refuses the string. */
const ends = { START: 'start', LEFT: 'start', END: 'end', RIGHT: 'end', NONE: undefined } as const;

const V3Request = z.strictObject({
  ...common,
  texts: z.array(z.string().check(z.maxLength(2048))).check(z.maxLength(96)),
  truncate: z.optional(z.enum(['NONE', 'START', 'END'])),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html */
export function cohereV3(body: unknown): Embedded {
  const { texts, truncate = 'END', embedding_types: types } = readBody(V3Request, body);
  const kept = texts.map((text) => fitting(text, 512, ends[truncate]));
  return answer(texts, kept, types, 1024);
}

const v4 = {
  ...common,
  texts: z.array(z.string()).check(z.minLength(1), z.maxLength(96)),
  max_tokens: z.optional(z.int().check(z.minimum(1), z.maximum(128_000))),
  truncate: z.optional(z.enum(['NONE', 'LEFT', 'RIGHT'])),
};

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html */
export function cohereV4(body: unknown, possible: readonly number[]): Embedded {
  const Request = z.strictObject({ ...v4, output_dimension: dimensionsAmong(possible) });
  const request = readBody(Request, body);
  const { texts, truncate = 'RIGHT', max_tokens: most = 128_000, embedding_types: types } = request;
  const kept = texts.map((text) => fitting(text, most, ends[truncate]));
  return answer(texts, kept, types, request.output_dimension ?? possible[0] ?? 1536);
}

/**
 * The part of a string that the model reads.
 *
 * @param dropped The end that is cut from a too long string; `undefined` refuses the string.
 */
function fitting(text: string, most: number, dropped: (typeof ends)[keyof typeof ends]): string {
  const tokens = tokenize(text);
  if (tokens.length <= most) return text;
  if (dropped === undefined) {
    throw invalid(`too many tokens: ${tokens.length} tokens are more than the maximum of ${most} per text`);
  }
  return (dropped === 'start' ? tokens.slice(-most) : tokens.slice(0, most)).join('');
}

/**
 * @param texts As they were sent.
 * @param kept The part of each that the model reads.
 * @param types Default: the vectors have no type names.
 */
function answer(
  texts: readonly string[],
  kept: readonly string[],
  types: readonly Rounding[] | undefined,
  dimensions: number,
): Embedded {
  const vectors = kept.map((text) => vectorOf(text, dimensions));
  const byType = types?.map((type) => [type, vectors.map(roundings[type])] as const);
  return {
    body: {
      id: crypto.randomUUID(),
      texts,
      embeddings: byType ? Object.fromEntries(byType) : vectors,
      response_type: byType ? 'embeddings_by_type' : 'embeddings_floats',
    },
    inputTokens: kept.reduce((sum, text) => sum + tokenize(text).length, 0),
  };
}
