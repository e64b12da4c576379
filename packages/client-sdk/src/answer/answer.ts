import { type Answer as WireAnswer, AnswerSchema as WireAnswerSchema } from '@org/contract';
import * as z from 'zod/mini';
import { ContentSchema } from './known-blocks.ts';
import { type Standing, standingFields } from './limit.ts';

/** The answer to `client.ask`. */
export interface Answer extends Omit<WireAnswer, keyof Standing>, Standing {
  /** The same as `id`, under the name that it has in errors. */
  requestId: string;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** The answer to a call with a `schema`. */
export interface StructuredAnswer<Output> extends Answer {
  /** The answer, as the check of your schema returned it. */
  output: Output;
}

/** What the proxy says in an answer. */
export const AnswerSchema = z.object({
  ...WireAnswerSchema.shape,
  content: ContentSchema,
  ...standingFields,
}) satisfies z.ZodMiniType<Omit<Answer, 'requestId' | 'attempts'>>;
