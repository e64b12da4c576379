import { type Embeddings as WireEmbeddings, EmbeddingsSchema as WireEmbeddingsSchema } from '@org/contract';
import * as z from 'zod/mini';
import { type Standing, standingFields } from './limit.ts';

/** The answer to `client.embed`. */
export interface Embeddings extends Omit<WireEmbeddings, keyof Standing>, Standing {
  /** The same as `id`, under the name that it has in errors. */
  requestId: string;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** What the proxy says of vectors. */
export const EmbeddingsSchema = z.object({
  ...WireEmbeddingsSchema.shape,
  ...standingFields,
}) satisfies z.ZodMiniType<Omit<Embeddings, 'requestId' | 'attempts'>>;
