import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { tokenize } from './simulated-model.ts';

/** What a model of embeddings answers, and the tokens of what it was given. */
export interface Embedded {
  readonly body: object;
  readonly inputTokens: number;
}

/** The body of one family of models. */
type Embedder = (body: unknown) => Embedded | undefined;

const TitanRequest = z.strictObject({
  inputText: z.string().check(z.minLength(1)),
  dimensions: z.optional(z.union([z.literal(256), z.literal(512), z.literal(1024)])),
  normalize: z.optional(z.boolean()),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: Embedder = (body) => {
  const request = z.safeParse(TitanRequest, body).data;
  if (!request) return undefined;
  const inputTokens = tokenize(request.inputText).length;
  const embedding = vectorOf(request.inputText, request.dimensions ?? 1024);
  return { body: { embedding, inputTextTokenCount: inputTokens }, inputTokens };
};

const CohereRequest = z.strictObject({
  texts: z.array(z.string().check(z.minLength(1))).check(z.minLength(1), z.maxLength(96)),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  embedding_types: z.tuple([z.literal('float')]),
  output_dimension: z.optional(z.enum({ small: 256, medium: 512, large: 1024, full: 1536 })),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const cohere: Embedder = (body) => {
  const request = z.safeParse(CohereRequest, body).data;
  if (!request) return undefined;
  const { texts, output_dimension: dimension = 1536 } = request;
  return {
    body: {
      id: crypto.randomUUID(),
      texts,
      embeddings: { float: texts.map((text) => vectorOf(text, dimension)) },
      response_type: 'embeddings_by_type',
    },
    inputTokens: texts.reduce((sum, text) => sum + tokenize(text).length, 0),
  };
};

/** Bodies of InvokeModel of models that turn texts into vectors. */
export const embedders = { 'titan-embed': titan, 'cohere-embed': cohere } as const;

/** A vector of length 1, the same for the same text. */
function vectorOf(text: string, dimensions: number): number[] {
  const numbers = Array.from({ length: dimensions }, (_, index) => {
    const digest = createHash('sha256').update(`${index} ${text}`).digest();
    return digest.readInt32BE(0) / 2 ** 31;
  });
  const length = Math.hypot(...numbers);
  return numbers.map((number) => number / length);
}
