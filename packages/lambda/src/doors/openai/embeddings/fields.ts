import type { FieldRule } from '../../field-table.ts';
import { customerRules } from '../customer.ts';

/**
 * What happens to each field of a request for embeddings: OpenAI's, and one that clients for several providers send too.
 *
 * @see https://developers.openai.com/api/reference/resources/embeddings/methods/create
 */
export const embeddingFields = {
  input: {
    fate: 'kept',
    note: 'A string, or up to 2,048 of them. Token ids are refused, because they belong to an OpenAI tokenizer.',
  },
  model: { fate: 'kept', note: 'An alias of an embedding model of this deployment.' },
  dimensions: { fate: 'kept', note: 'If the model lets you choose.' },
  encoding_format: { fate: 'kept', note: '`float`, or `base64` of 32-bit floats, the lowest byte first.' },
  user: customerRules.user,
  input_type: {
    fate: 'translated',
    note:
      '`document` or `query`, also as `search_document` and `search_query`: the use of the vectors, for Cohere models. ' +
      'Default: `document`.',
  },
} satisfies Readonly<Record<string, FieldRule>>;
