import {
  APIGatewayClient,
  GetApiKeysCommand,
  GetUsagePlanKeysCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import { localEndpoints } from '@org/admin';
import type { Limits } from '@org/contract';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { readConfig } from '@org/lambda/config';
import { environmentVariables, ProxyEnvironment } from '@org/lambda/environment';
import { createKeyDirectory } from '@org/lambda/key-directory';
import { onTestFinished } from 'vitest';
import { dynamoDbClient } from '../dynamodb-client.ts';
import type { System } from '../harness.ts';

/** A key that both who judge it let in: API Gateway and the function. */
export interface WorkingKey {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** What the function takes its bearer for. */
  readonly team: string;
  readonly plan: string;
  /** Limits of the key's own. */
  readonly limits: Limits | undefined;
  /** Name of the usage plan that it is in, without that of the stack. */
  readonly usagePlan: string;
}

/** Which keys work at a moment: milliseconds since 1970. */
export type WorkingKeys = (at: number) => Promise<WorkingKey[]>;

/**
 * Looks at the keys of a system as its function does that was deployed with a config. A look reads everything once, so it
 * must not outlast a change: it shows which keys work at any moment if nothing more is changed.
 */
export async function watchKeys({
  gateway,
  dynamodb,
}: System): Promise<(deployed: ProxyConfig) => Promise<WorkingKeys>> {
  const [environment] = gateway.functions.flatMap(({ environment: variables }) =>
    variables[environmentVariables.config] === undefined ? [] : [variables],
  );
  const table = dynamoDbClient(dynamodb.url);
  onTestFinished(() => table.destroy());
  let apiGateway: APIGatewayClient | undefined;
  onTestFinished(() => apiGateway?.destroy());

  return async (deployed) => {
    const stackName = stackNameOf(deployed);
    apiGateway ??= new APIGatewayClient((await localEndpoints(gateway.url, stackName))('api_gateway'));
    const client = apiGateway;
    const config = readConfig({
      ...environment,
      AWS_REGION: 'us-east-1',
      ...variablesOf(environment, deployed),
    });
    const [{ items: keys = [] }, { items: plans = [] }] = await Promise.all([
      client.send(new GetApiKeysCommand({ limit: 500, includeValues: true })),
      client.send(new GetUsagePlansCommand({})),
    ]);
    const members = await Promise.all(
      plans.map(async ({ id: usagePlanId, name = '' }) => {
        const { items = [] } = await client.send(new GetUsagePlanKeysCommand({ usagePlanId, limit: 500 }));
        return items.map(({ id = '' }) => [id, name.replace(`${stackName}-`, '')] as const);
      }),
    );
    const usagePlans = new Map(members.flat());
    // A clock that stands still: what was read is believed for all moments.
    const directory = createKeyDirectory({ client: table, config, now: () => 0 });
    return async (at) => {
      const working = await Promise.all(
        keys.map(async ({ id = '', name = '', value = '', enabled }): Promise<WorkingKey[]> => {
          const usagePlan = usagePlans.get(id);
          const caller = enabled && usagePlan && (await directory(id, new AbortController().signal, at));
          if (!caller) return [];
          const { team, plan, scopes } = caller;
          const { limits } = scopes.find(({ kind }) => kind === 'key') ?? {};
          return [{ id, name, value, team, plan, limits, usagePlan }];
        }),
      );
      return working.flat();
    };
  };
}

/** Of the function, were it deployed with this config. */
function variablesOf(
  environment: Readonly<Record<string, string>> | undefined,
  { teams }: ProxyConfig,
): Record<string, string> {
  const present = ProxyEnvironment.parse(JSON.parse(environment?.[environmentVariables.config] ?? ''));
  const keys = Object.entries(present.keys).filter(([, key]) =>
    Object.hasOwn(teams, typeof key === 'string' ? key : key.team),
  );
  const config: ProxyEnvironment = {
    ...present,
    teams: Object.fromEntries(Object.entries(teams).map(([team, { plan }]) => [team, plan])),
    keys: Object.fromEntries(keys),
  };
  return { [environmentVariables.config]: JSON.stringify(config) };
}
