import { EmbedRequestSchema } from '@org/contract';
import { allInputTokens } from '@org/models';
import * as z from 'zod/mini';
import type { Json } from '../../../json.ts';
import { invalidField } from '../../../proxy-error.ts';
import { askedModel, type Door } from '../../door.ts';
import { type HeededField, heededFields } from '../../field-table.ts';
import { readFields } from '../../fields.ts';
import { customerFields, customerOf } from '../customer.ts';
import { embeddingFields } from './fields.ts';

/**
 * As many as OpenAI takes, and as clients send at once: Vercel's AI SDK 2,048, LangChain for Python 1,000.
 *
 * @see https://developers.openai.com/api/reference/resources/embeddings/methods/create
 */
export const mostEmbeddedStrings = 2048;

const { model, dimensions, inputs } = EmbedRequestSchema.shape;
const { element: input } = inputs.def;

const EmbeddingRequestSchema = z.object({
  model,
  input: z.union([
    input,
    z
      .array(input)
      .check(
        z.minLength(1, 'must not be empty'),
        z.maxLength(mostEmbeddedStrings, `must have at most ${mostEmbeddedStrings} strings`),
      ),
  ]),
  dimensions,
  encoding_format: z.optional(z.enum(['float', 'base64'])),
  input_type: z.optional(z.enum(['document', 'query', 'search_document', 'search_query'])),
  user: customerFields.user,
} satisfies Readonly<Record<HeededField<typeof embeddingFields>, z.ZodMiniType>>);

/** OpenAI's API for embeddings. */
export const embeddingsDoor: Door = {
  parse(body) {
    const fields = heededFields(embeddingFields, body);
    refuseTokenIds(fields['input']);
    const request = readFields(EmbeddingRequestSchema, fields);
    return {
      alias: request.model,
      call: {
        kind: 'embed',
        inputs: typeof request.input === 'string' ? [request.input] : request.input,
        dimensions: request.dimensions,
        purpose: request.input_type && (request.input_type.endsWith('query') ? 'query' : 'document'),
      },
      customer: customerOf(request),
      whole: true,
    };
  },

  answer({ body, finished: { reply, usage } }) {
    const written = body['encoding_format'] === 'base64' ? inBase64 : (vector: readonly number[]) => vector;
    const tokens = allInputTokens(usage);
    return {
      object: 'list',
      data: reply.vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: written(vector),
      })),
      model: askedModel(body),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  },

  spelling: { inputs: 'input' },
};

/** They are those of a tokenizer of OpenAI's, which no model here has. */
function refuseTokenIds(value: Json | undefined): void {
  const [first] = Array.isArray(value) ? value : [];
  if (typeof first !== 'number' && !Array.isArray(first)) return;
  throw invalidField(
    'input',
    'must be a string or strings, and not token ids: in LangChain for Python, set check_embedding_ctx_length=False',
  );
}

/** 32-bit floats, the lowest byte first, on any machine. */
function inBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * Float32Array.BYTES_PER_ELEMENT);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  });
  return bytes.toString('base64');
}
