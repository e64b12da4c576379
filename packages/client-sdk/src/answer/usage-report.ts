import { UsageReportSchema as WireReportSchema, type UsageReport as WireUsageReport } from '@org/contract';
import * as z from 'zod/mini';
import { date, type Limit, LimitSchema } from './limit.ts';

/** A limit, and how long it lasts. */
export interface LimitPace extends Limit {
  /**
   * When the limit is used up if use goes on as fast as in this period so far. Left out if it is used up, if it lasts until
   * `resetsAt`, and for a minute.
   */
  lastsUntil?: Date | undefined;
}

/** The answer to `client.usage`. */
export interface UsageReport extends Omit<WireUsageReport, 'limits'> {
  /**
   * Every limit of this person, key and team, in the order in which a call meets them. All limits of a `scope` are checked at
   * once. Empty if there is none.
   */
  limits: LimitPace[];
  /** Finds the call in the logs of the proxy: give it to the operator. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** What the proxy says in a report. */
export const UsageReportSchema = z.object({
  ...WireReportSchema.shape,
  limits: z.array(z.object({ ...LimitSchema.shape, lastsUntil: z.optional(date) })),
});
