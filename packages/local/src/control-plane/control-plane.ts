import { controlPlanePath, type LocalEndpoints, localCredentials } from '@org/admin/local-gateway';
import { header } from '../http/header-list.ts';
import { loopbackOrigin } from '../http/loopback-origin.ts';
import type { GatewayRequest } from '../http/request.ts';
import type { WholeResponse } from '../http/response.ts';
import { apiGateway } from './api-gateway.ts';
import { cloudFormation } from './cloudformation.ts';
import { cloudWatch } from './cloudwatch.ts';
import { lambda } from './lambda.ts';
import { logs } from './logs.ts';
import type { ControlPlaneContext, Service } from './service.ts';

/** Names of the services in the SDKs' `AWS_ENDPOINT_URL_...` variables. */
const services = {
  api_gateway: apiGateway,
  cloudformation: cloudFormation,
  cloudwatch: cloudWatch,
  cloudwatch_logs: logs,
  lambda,
} satisfies Readonly<Record<string, Service>>;

export interface ControlPlaneOptions extends ControlPlaneContext {
  /** The server with the functions' tables. */
  readonly dynamodbUrl: string | undefined;
  /** The server that the functions publish to. */
  readonly snsUrl: string;
  /** The issuer of sign-in tokens. */
  readonly issuerUrl: string | undefined;
}

/** Answers a control-plane request; undefined for any other request. */
export type ControlPlane = (request: GatewayRequest) => WholeResponse | undefined;

/**
 * The AWS APIs that this repository's commands call, besides the proxy's own API.
 *
 * It listens only on loopback. Web pages cannot use it either: a call must be addressed to loopback by name, and be
 * signed with this gateway's credentials, in a header for which browsers need permission first.
 */
export function createControlPlane({
  dynamodbUrl,
  snsUrl,
  issuerUrl,
  ...context
}: ControlPlaneOptions): ControlPlane {
  return (request) => {
    const { path } = request;
    if (path !== controlPlanePath && !path.startsWith(`${controlPlanePath}/`)) return undefined;
    const origin = loopbackOrigin(request);
    if (origin === undefined) return refuse(403, 'Not addressed to loopback.');

    const [, , name, ...rest] = path.split('/');
    if (name === undefined || name === '') {
      const base = `${origin}${controlPlanePath}`;
      return json(200, {
        region: context.api.stack.region,
        stack: context.api.stack.name,
        issuer: issuerUrl,
        endpoints: {
          api_gateway: `${base}/api_gateway`,
          cloudformation: `${base}/cloudformation`,
          cloudwatch: `${base}/cloudwatch`,
          cloudwatch_logs: `${base}/cloudwatch_logs`,
          lambda: `${base}/lambda`,
          sns: snsUrl,
          dynamodb: dynamodbUrl,
        },
      } satisfies LocalEndpoints);
    }
    const service = isService(name) ? services[name] : undefined;
    if (!service) return refuse(404, `There is no ${name} here, only ${Object.keys(services).join(', ')}.`);
    if (!isSigned(request)) {
      return refuse(403, 'The security token included in the request is invalid.');
    }
    return service({ request, path: `/${rest.join('/')}`, origin }, context);
  };
}

function isService(name: string): name is keyof typeof services {
  return Object.hasOwn(services, name);
}

function isSigned({ headers }: GatewayRequest): boolean {
  const credential = `AWS4-HMAC-SHA256 Credential=${localCredentials.accessKeyId}/`;
  return header(headers, 'authorization')?.startsWith(credential) ?? false;
}

function refuse(status: 403 | 404, message: string): WholeResponse {
  const type = status === 403 ? 'UnrecognizedClientException' : 'UnknownOperationException';
  return json(status, { message }, [['x-amzn-errortype', type]]);
}

function json(status: number, body: object, headers: WholeResponse['headers'] = []): WholeResponse {
  return { status, headers: [['content-type', 'application/json'], ...headers], body: JSON.stringify(body) };
}
