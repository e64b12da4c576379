import * as z from 'zod/mini';
import { invalid } from '../../exception.ts';
import { tokenize } from '../../model/tokens.ts';
import { readBody } from '../../request-body.ts';
import { dimensionsAmong, type Embedded, vectorOf } from './vector.ts';

const mostTokens = 8192;

const fields = {
  inputText: z.string().check(z.minLength(1), z.maxLength(50_000)),
  normalize: z.optional(z.boolean()),
  embeddingTypes: z.optional(z.array(z.enum(['float', 'binary'])).check(z.minLength(1))),
};

/**
 * Titan Text Embeddings V2.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/titan-embedding-models.html
 */
export function titan(body: unknown, possible: readonly number[]): Embedded {
  const Request = z.strictObject({ ...fields, dimensions: dimensionsAmong(possible) });
  const {
    inputText,
    dimensions = possible[0] ?? 1024,
    normalize = true,
    embeddingTypes = ['float'],
  } = readBody(Request, body);
  const inputTokens = tokenize(inputText).length;
  if (inputTokens > mostTokens) {
    throw invalid(
      `400 Bad Request: Too many input tokens. Max input tokens: ${mostTokens}, request input token count: ${inputTokens} `,
    );
  }
  const vector = vectorOf(inputText, dimensions, normalize);
  const forms = { float: vector, binary: vector.map((number) => (number > 0 ? 1 : 0)) };
  return {
    body: {
      ...(embeddingTypes.includes('float') && { embedding: vector }),
      embeddingsByType: Object.fromEntries(embeddingTypes.map((type) => [type, forms[type]])),
      inputTextTokenCount: inputTokens,
    },
    inputTokens,
  };
}
