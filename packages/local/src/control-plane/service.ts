import type { GatewayRequest } from '../http/request.ts';
import type { WholeResponse } from '../http/response.ts';
import type { ApiKeyRegistry } from '../limits/api-key-registry.ts';
import type { Api } from '../template/api.ts';
import type { RecordedLog } from './recorded-log.ts';
import type { RecordedQueries } from './recorded-queries.ts';

/** The state that the control plane's services read and change. */
export interface ControlPlaneContext {
  readonly api: Api;
  readonly registry: ApiKeyRegistry;
  readonly log: RecordedLog;
  readonly queries: RecordedQueries;
}

/** One call to a service. */
export interface ServiceCall {
  readonly request: GatewayRequest;
  /** Below the service's endpoint, for example `/apikeys`. */
  readonly path: string;
  /** The gateway's URL, without a trailing slash. */
  readonly origin: string;
}

/** Answers one call as the AWS service would. */
export type Service = (call: ServiceCall, context: ControlPlaneContext) => WholeResponse;
