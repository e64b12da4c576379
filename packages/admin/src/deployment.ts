import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { keyOutputName, type ProxyConfig, stackNameOf, tagsOf } from '@org/infra/config';
import { AdminError } from './admin-error.ts';
import { ApiKeys } from './aws/api-keys.ts';
import type { Endpoints } from './aws/endpoints.ts';
import { deployedStack } from './aws/stack.ts';
import { UsagePlans } from './aws/usage-plans.ts';
import { Table } from './table.ts';

/** A deployment of the proxy, on AWS or on this machine, as the commands see it. */
export interface Deployment {
  /** The stack's name. */
  readonly name: string;
  /** The AWS account. Undefined if not known. */
  readonly account: string | undefined;
  readonly config: ProxyConfig;
  /** Base URL of the routes. */
  readonly endpoint: string;
  /** Id of the REST API. */
  readonly apiId: string;
  /** How AWS's other services are reached, or a local gateway's. */
  readonly endpoints: Endpoints;
  readonly apiKeys: ApiKeys;
  readonly plans: UsagePlans;
  readonly table: Table;
  /** Ids of the config's keys by name. */
  readonly configKeyIds: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  close(): void;
}

/** @throws {AdminError} If the stack of the config is not deployed there, or is something else. */
export async function openDeployment(
  config: ProxyConfig,
  endpoints: Endpoints,
  now: () => number,
): Promise<Deployment> {
  const name = stackNameOf(config);
  const { account, outputs } = await deployedStack(name, endpoints('cloudformation'));
  const output = (key: string): string => {
    const value = outputs.get(key);
    if (value === undefined) throw new AdminError('stack_lacks_output', { stack: name, output: key });
    return value;
  };
  const [tableName, apiId, endpoint] = [output('TableName'), output('ApiId'), output('Endpoint')];
  const apiGateway = new APIGatewayClient(endpoints('api_gateway'));
  const dynamodb = new DynamoDBClient(endpoints('dynamodb'));
  const configKeyIds = Object.values(config.teams)
    .flatMap(({ keys }) => keys)
    .flatMap((key): [string, string][] => {
      const id = outputs.get(keyOutputName(key.name));
      return id === undefined ? [] : [[key.name, id]];
    });
  return {
    name,
    account,
    config,
    endpoint,
    apiId,
    endpoints,
    // Without tags of the config, making a key needs no permission to tag.
    apiKeys: new ApiKeys(apiGateway, config.tags && tagsOf(config)),
    plans: new UsagePlans(apiGateway, name, apiId),
    table: new Table(dynamodb, tableName),
    configKeyIds: new Map(configKeyIds),
    now,
    close: () => {
      apiGateway.destroy();
      dynamodb.destroy();
    },
  };
}
