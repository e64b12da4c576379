import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { keyOutputName, type ProxyConfig, sharedOutputName, stackNameOf, tagsOf } from '@org/infra/config';
import { AdminError } from './admin-error.ts';
import { ApiKeys } from './aws/api-keys.ts';
import type { Endpoints } from './aws/endpoints.ts';
import { operatorOf } from './aws/operator.ts';
import { deployedStack } from './aws/stack.ts';
import { UsagePlans } from './aws/usage-plans.ts';
import { readPlan } from './plans/stored-plan.ts';
import { Table } from './table.ts';

/** A deployment of the proxy, on AWS or on this machine, as the commands see it. */
export interface Deployment {
  /** Name and stage of the config: how its keys, plans and alarms begin. */
  readonly name: string;
  /** The stack that it is in: its own, of the same name, or one of your own CDK app. */
  readonly stack: string;
  /** The AWS account. Undefined if not known. */
  readonly account: string | undefined;
  readonly config: ProxyConfig;
  /** Base URL of the routes. */
  readonly endpoint: string;
  /** Id of the REST API. */
  readonly apiId: string;
  /** Undefined without alarms. */
  readonly alarmTopicArn: string | undefined;
  /** Undefined without notices about limits. */
  readonly noticeTopicArn: string | undefined;
  /** How AWS's other services are reached, or a local gateway's. */
  readonly endpoints: Endpoints;
  readonly apiKeys: ApiKeys;
  readonly plans: UsagePlans;
  readonly table: Table;
  /** Ids of the config's keys by name. */
  readonly configKeyIds: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Who makes changes, for their records. */
  readonly operator: () => Promise<string>;
  close(): void;
}

/**
 * @param stack Default: the config's own stack.
 * @throws {AdminError} If the stack is not deployed there, or does not have the config's deployment.
 */
export async function openDeployment(
  config: ProxyConfig,
  endpoints: Endpoints,
  now: () => number,
  stack = stackNameOf(config),
): Promise<Deployment> {
  const { account, outputs } = await deployedStack(stack, endpoints('cloudformation'));
  // Your own stack may have an output of the plain name.
  const find = (key: string) => outputs.get(sharedOutputName(config, key)) ?? outputs.get(key);
  const output = (key: string): string => {
    const value = find(key);
    if (value === undefined) throw new AdminError('stack_lacks_output', { stack, output: key });
    return value;
  };
  const [tableName, apiId, endpoint] = [output('TableName'), output('ApiId'), output('Endpoint')];
  const apiGateway = new APIGatewayClient(endpoints('api_gateway'));
  const dynamodb = new DynamoDBClient(endpoints('dynamodb'));
  let operator: Promise<string> | undefined;
  const configKeyIds = Object.values(config.teams)
    .flatMap(({ keys }) => keys)
    .flatMap((key): [string, string][] => {
      const id = find(keyOutputName(key.name));
      return id === undefined ? [] : [[key.name, id]];
    });
  const name = stackNameOf(config);
  const table = new Table(dynamodb, tableName);
  // Without tags of the config, making keys and usage plans needs no permission to tag.
  const tags = config.tags && tagsOf(config);
  return {
    name,
    stack,
    account,
    config,
    endpoint,
    apiId,
    alarmTopicArn: find('AlarmTopicArn'),
    noticeTopicArn: find('NoticeTopicArn'),
    endpoints,
    apiKeys: new ApiKeys(apiGateway, tags),
    plans: new UsagePlans(apiGateway, {
      stackName: name,
      apiId,
      stage: config.stage,
      tags,
      recordedId: async (plan) => (await readPlan(table, plan))?.usagePlan,
    }),
    table,
    configKeyIds: new Map(configKeyIds),
    now,
    operator: () => {
      operator ??= operatorOf(endpoints('dynamodb'));
      return operator;
    },
    close: () => {
      apiGateway.destroy();
      dynamodb.destroy();
    },
  };
}
