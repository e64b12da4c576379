import { type Embeddings, EmbedRequestSchema } from '@org/contract';
import { usageId } from '../../usage-id.ts';
import type { Door } from '../door.ts';
import { readFields } from '../fields.ts';
import { endingOf } from './ending.ts';

/** Texts in, vectors out. */
export const embeddingsDoor: Door = {
  parse(body) {
    const { model, inputs, dimensions, purpose, customer, ...unread } = readFields(EmbedRequestSchema, body);
    unread satisfies Record<string, never>;
    return {
      alias: model,
      call: { kind: 'embed', inputs, dimensions, purpose },
      customer: usageId(customer),
      whole: true,
    };
  },

  answer: ({ requestId, model, finished }) =>
    ({
      id: requestId,
      model: model.alias,
      modelId: model.modelId,
      vectors: finished.reply.vectors.map((vector) => [...vector]),
      ...endingOf(finished),
    }) satisfies Required<Embeddings>,
};
