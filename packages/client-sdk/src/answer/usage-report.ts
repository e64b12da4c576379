import { UsageReportSchema as WireReportSchema, type UsageReport as WireUsageReport } from '@org/contract';
import * as z from 'zod/mini';
import { type Limit, LimitsSchema } from './limit.ts';

/** The answer to `client.usage`. */
export interface UsageReport extends Omit<WireUsageReport, 'limits'> {
  /** Every limit of this key and of its team; empty if there is none. */
  limits: Limit[];
  /** Finds the call in the logs of the proxy: give it to the operator. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** What the proxy says in a report. */
export const UsageReportSchema = z.object({ ...WireReportSchema.shape, limits: LimitsSchema });
