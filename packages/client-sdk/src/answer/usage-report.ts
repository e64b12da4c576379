import { type Limit, readLimit } from './limit.ts';
import { list, object } from './shape.ts';

/** The answer to `client.usage`. */
export interface UsageReport {
  /** Every limit of this key and of its team; empty where there is none. */
  limits: Limit[];
  /** Give this to the operator of the proxy: it finds the call in the logs. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

/** What the proxy says of limits. */
export const readUsageReport = object<Pick<UsageReport, 'limits'>>({ limits: list(readLimit) });
