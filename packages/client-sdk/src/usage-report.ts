import { UsageReport as WireUsageReport } from '@org/contract';
import type { Limit } from './limit.ts';
import { readLimits, readReply } from './read-reply.ts';
import { readRequestId } from './request-id.ts';
import type { Reply } from './transport.ts';

/** The answer to `client.usage`. */
export interface UsageReport {
  /** Every limit of this key and of its team; empty where there is none. */
  limits: Limit[];
  /** Give this to the operator of the proxy: it finds the call in the logs. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}

export function readUsageReport(reply: Reply): UsageReport {
  const { limits } = readReply(WireUsageReport, reply);
  return {
    limits: readLimits(limits, reply),
    requestId: readRequestId(reply.headers),
    attempts: reply.attempts,
  };
}
