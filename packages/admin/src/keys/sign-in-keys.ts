import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { accessAttributes, accessKey, SignInItem, signInKey } from '@org/table';
import { ApiKeys, type MadeApiKey } from '../aws/api-keys.ts';
import { UsagePlans } from '../aws/usage-plans.ts';
import { Table } from '../table.ts';

/** Clients of the account and Region that the deployment is in, or of the local gateway. */
export interface SignInClients {
  readonly apiGateway: APIGatewayClient;
  readonly dynamodb: DynamoDBClient;
}

/** A team of a deployment. */
export interface SignInTeam {
  /** Name of the stack, which the names of its usage plans begin with. */
  readonly stackName: string;
  /** Name of its table. */
  readonly tableName: string;
  readonly team: string;
}

/** A team with its plan, and who says so: the config, or the table, which has the teams that are made at run time. */
export interface PlannedTeam extends SignInTeam {
  readonly plan: string;
  readonly source: 'config' | 'run-time';
}

/**
 * Sees to it that every team of a config has the key of its signed-in callers. Does nothing for a config without
 * sign-in, and changes nothing where all is as it should be.
 *
 * @param tableName The output `TableName` of the stack.
 * @throws {AdminError} If a plan of the config is not deployed.
 */
export async function ensureSignInKeys(
  clients: SignInClients,
  { config, tableName }: { readonly config: ProxyConfig; readonly tableName: string },
): Promise<void> {
  if (!config.signIn) return;
  const stackName = stackNameOf(config);
  const plans = new UsagePlans(clients.apiGateway, stackName);
  // One after the other: API Gateway takes ten such calls a second of a whole account.
  for (const [team, { plan }] of Object.entries(config.teams)) {
    await ensureSignInKey(clients, { stackName, tableName, team, plan, source: 'config' }, plans);
  }
}

/**
 * Sees to it that a team has the key of its signed-in callers, in the usage plan of its plan. It may be run again at any
 * time: after a failure, after the team moved to another plan, and after the key was deleted, for a new one.
 *
 * @throws {AdminError} If the plan is not deployed.
 */
export async function ensureSignInKey(
  clients: SignInClients,
  { plan, source, ...target }: PlannedTeam,
  plans = new UsagePlans(clients.apiGateway, target.stackName),
): Promise<void> {
  const { id: keyId, value } = await findOrMakeKey(clients, target);
  await plans.move(keyId, plan);
  const table = new Table(clients.dynamodb, target.tableName);
  // Without a plan of its own, the key ends with the team's entry in the config.
  const ownPlan = source === 'run-time' ? plan : undefined;
  await table.put(accessKey(keyId), accessAttributes({ team: target.team, plan: ownPlan }));
  // Last, so that the authorizer never hands out a key that opens nothing yet.
  await table.put(signInKey(target.team), { value, keyId });
}

/** Lets signed-in callers of a team in no more, within a minute. Does nothing for a team that has no such key. */
export async function removeSignInKey(
  clients: SignInClients,
  { tableName, team }: SignInTeam,
): Promise<void> {
  const table = new Table(clients.dynamodb, tableName);
  const item = await table.get(signInKey(team));
  if (!item) return;
  const { keyId } = SignInItem.parse(item);
  await new ApiKeys(clients.apiGateway).delete(keyId);
  await table.delete(accessKey(keyId));
  // Last, because the others are found by it.
  await table.delete(signInKey(team));
}

async function findOrMakeKey(
  { apiGateway, dynamodb }: SignInClients,
  { stackName, tableName, team }: SignInTeam,
): Promise<MadeApiKey> {
  const apiKeys = new ApiKeys(apiGateway);
  const item = await new Table(dynamodb, tableName).get(signInKey(team));
  if (item) {
    const { keyId: id, value } = SignInItem.parse(item);
    if ((await apiKeys.isEnabled(id)) !== undefined) return { id, value };
  }
  const name = `${stackName}-${team}-sign-in`;
  const description = `${stackName}: signed-in callers of team ${team}`;
  // An earlier run may have broken off between the key and the item.
  const [id] = await apiKeys.find(name, description);
  return id === undefined ? apiKeys.create(name, description) : { id, value: await apiKeys.valueOf(id) };
}
