import type { GatewayRequest } from '../http/request.ts';
import type { WholeResponse } from '../http/response.ts';
import type { ApiKeyRegistry } from '../limits/api-key-registry.ts';
import type { Api } from '../template/api.ts';

/** What the services of the control plane know and change. */
export interface ControlPlaneContext {
  readonly api: Api;
  readonly registry: ApiKeyRegistry;
}

/** One call of a service. */
export interface ServiceCall {
  readonly request: GatewayRequest;
  /** Below the endpoint of the service: `/apikeys`. */
  readonly path: string;
  /** URL of the gateway, without a slash at the end. */
  readonly origin: string;
}

/** Answers one call as a service of AWS would. */
export type Service = (call: ServiceCall, context: ControlPlaneContext) => WholeResponse;
