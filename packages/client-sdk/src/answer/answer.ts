import { type Answer as WireAnswer, AnswerSchema as WireAnswerSchema } from '@org/contract';
import * as z from 'zod/mini';
import { type Limit, LimitsSchema } from './limit.ts';

/** The answer to `client.ask`. */
export interface Answer extends Omit<WireAnswer, 'limits'> {
  /** Every limit that this call counted against, as it stands after the call; empty where there is none. */
  limits: Limit[];
  /** The same as `id`, by the name that errors have it. */
  requestId: string;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** The answer to a call with a `schema`. */
export interface StructuredAnswer<Output> extends Answer {
  /** The answer, as the schema's own check returned it. */
  output: Output;
}

/** What the proxy says in an answer. */
export const AnswerSchema = z.object({
  ...WireAnswerSchema.shape,
  limits: LimitsSchema,
}) satisfies z.ZodMiniType<Omit<Answer, 'requestId' | 'attempts'>>;
