import type { FieldRule } from '../../field-table.ts';

/**
 * What becomes of each field of a request for embeddings: OpenAI's own, and one that clients made for several providers
 * send beside them.
 *
 * @see https://developers.openai.com/api/reference/resources/embeddings/methods/create
 */
export const embeddingFields = {
  input: {
    fate: 'kept',
    note: 'A string, or up to 2,048. Token ids are refused: they are those of a tokenizer of OpenAI.',
  },
  model: { fate: 'kept', note: 'An alias of an embedding model of this deployment.' },
  dimensions: { fate: 'kept', note: 'Where the model lets you choose.' },
  encoding_format: { fate: 'kept', note: '`float`, or `base64` of 32-bit floats, the lowest byte first.' },
  user: { fate: 'ignored', note: 'Whose use is counted depends on the key.' },
  input_type: {
    fate: 'translated',
    note:
      '`document` or `query`, also with `search_` before it: what Cohere is told that the vectors are for. Default: ' +
      '`document`.',
  },
} satisfies Readonly<Record<string, FieldRule>>;
