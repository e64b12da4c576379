import { Fn, Stack } from 'aws-cdk-lib';
import {
  type CfnDomainName,
  CfnRestApi,
  EndpointAccessMode,
  EndpointType,
  IpAddressType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { NetworkConfig } from '../../config/network.ts';

/** What an API and the domain in front of it have in common. */
export interface Endpoint {
  readonly securityPolicy?: string;
  readonly endpointAccessMode?: string;
  readonly endpointConfiguration: CfnDomainName.EndpointConfigurationProperty;
}

/** The endpoint of a config. */
export function endpointOf({ privateApi, allowFrom = [], tlsPolicy }: NetworkConfig): Endpoint {
  // A private API always takes both.
  const dualStack = !privateApi && allowFrom.some((range) => range.includes(':'));
  return {
    endpointConfiguration: {
      types: [privateApi ? EndpointType.PRIVATE : EndpointType.REGIONAL],
      ...(dualStack ? { ipAddressType: IpAddressType.DUAL_STACK } : {}),
    },
    ...(tlsPolicy ? { securityPolicy: tlsPolicy } : {}),
    // AWS requires a mode for its newer policies, and takes none for the others.
    ...(tlsPolicy?.startsWith('SecurityPolicy_') ? { endpointAccessMode: EndpointAccessMode.STRICT } : {}),
  };
}

/** Gives an API the endpoint of a config. */
export function setEndpoint(api: RestApi, config: NetworkConfig): void {
  const { defaultChild } = api.node;
  if (!(defaultChild instanceof CfnRestApi)) throw new Error(`${api.node.path} has no resource`);
  const { endpointConfiguration, ...tls } = endpointOf(config);
  const { privateApi } = config;
  Object.assign(defaultChild, tls);
  defaultChild.endpointConfiguration = {
    ...endpointConfiguration,
    ...(privateApi ? { vpcEndpointIds: [...privateApi.vpcEndpointIds] } : {}),
  };
}

/**
 * The URL that the routes of a private API are below. It names a VPC endpoint, so it is found with private DNS and without.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
 */
export function privateUrl(api: RestApi, vpcEndpointId: string): string {
  const { region, urlSuffix } = Stack.of(api);
  const host = Fn.join('', [`https://${api.restApiId}-${vpcEndpointId}.execute-api.${region}.`, urlSuffix]);
  return `${host}/${api.deploymentStage.stageName}/`;
}
