import { type LimitStatus, LimitStatusSchema, type LimitWarning as WireWarning } from '@org/contract';
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

export const date = z.pipe(
  z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'expected date')),
  z.transform((text) => new Date(text)),
);

export const LimitSchema = z.object({
  ...LimitStatusSchema.shape,
  resetsAt: date,
}) satisfies z.ZodMiniType<Limit>;

/** A limit that is nearly used up. */
export interface LimitWarning extends Limit, Pick<WireWarning, 'threshold'> {}

/** The limits of an answer, a last event or a report. */
export const LimitsSchema = z.array(LimitSchema);

/** How the limits are after a call. */
export interface Standing {
  /** Every limit that this call counted against, as it is after the call; empty if there is none. */
  limits: Limit[];
  /** Those of the `limits` that are nearly used up, from a share that the operator chose; left out if there is none. */
  warnings?: LimitWarning[] | undefined;
}

export const standingFields = {
  limits: LimitsSchema,
  warnings: z.optional(z.array(z.object({ ...LimitSchema.shape, threshold: z.number() }))),
};
