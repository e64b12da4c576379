import type { ModelList as WireModelList } from '@org/contract';

/** The answer to `client.models`. */
export interface ModelList extends WireModelList {
  /** Finds the call in the logs of the proxy: give it to the operator. */
  requestId: string | undefined;
  /** How many times the request was sent: 1 without a retry. */
  attempts: number;
}
