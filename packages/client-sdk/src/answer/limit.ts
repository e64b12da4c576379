import { type LimitStatus, LimitStatusSchema } from '@org/contract';
import * as z from 'zod/mini';

/**
 * One limit, and how much of it is left.
 *
 * @example
 * ```ts
 * import { createBedrockClient, type Limit } from '@org/bedrock-client';
 *
 * const nearlySpent = ({ max, remaining }: Limit) => remaining < max / 10;
 * const { limits } = await createBedrockClient().usage();
 * console.log(limits.filter(nearlySpent));
 * ```
 */
export interface Limit extends Omit<LimitStatus, 'resetsAt'> {
  /** When the period ends, and counting starts again. */
  resetsAt: Date;
}

export const LimitSchema = z.object({
  ...LimitStatusSchema.shape,
  resetsAt: z.pipe(
    z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'expected date')),
    z.transform((text) => new Date(text)),
  ),
}) satisfies z.ZodMiniType<Limit>;

/** The limits of an answer, a last event or a report. */
export const LimitsSchema = z.array(LimitSchema);
