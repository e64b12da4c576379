import type { ModelList as WireModelList } from '@org/contract';

/** The answer to `client.models`. */
export interface ModelList extends WireModelList {
  /** Give this to the operator of the proxy: it finds the call in the logs. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}
