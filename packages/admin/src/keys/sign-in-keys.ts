import {
  type APIGatewayClient,
  type ApiKey,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeyCommand,
  NotFoundException,
  paginateGetApiKeys,
  paginateGetUsagePlans,
  type UsagePlan,
} from '@aws-sdk/client-api-gateway';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ProxyConfig, stackNameOf } from '@org/infra/config';
import { accessAttributes, accessKey, SignInItem, signInKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
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
  // One after the other: API Gateway takes ten such calls a second of a whole account.
  for (const [team, { plan }] of Object.entries(config.teams)) {
    await ensureSignInKey(clients, { stackName, tableName, team, plan, source: 'config' });
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
): Promise<void> {
  const { keyId, value } = await findOrMakeKey(clients, target);
  await joinPlan(clients, keyId, { ...target, plan });
  const table = tableOf(clients, target);
  // Without a plan of its own, the key ends with the team's entry in the config.
  const ownPlan = source === 'run-time' ? plan : undefined;
  await table.put(accessKey(keyId), accessAttributes({ team: target.team, plan: ownPlan }));
  // Last, so that the authorizer never hands out a key that opens nothing yet.
  await table.put(signInKey(target.team), { value, keyId });
}

/** Lets signed-in callers of a team in no more, within a minute. Does nothing for a team that has no such key. */
export async function removeSignInKey(clients: SignInClients, target: SignInTeam): Promise<void> {
  const known = await readSignInKey(clients, target);
  if (!known) return;
  const table = tableOf(clients, target);
  await unlessMissing(clients.apiGateway.send(new DeleteApiKeyCommand({ apiKey: known.keyId })));
  await table.delete(accessKey(known.keyId));
  // Last, for it is what the others are found by.
  await table.delete(signInKey(target.team));
}

function tableOf({ dynamodb }: SignInClients, { tableName }: SignInTeam): Table {
  return new Table(dynamodb, tableName);
}

interface SignInKey {
  readonly keyId: string;
  readonly value: string;
}

async function readSignInKey(clients: SignInClients, target: SignInTeam): Promise<SignInKey | undefined> {
  const item = await tableOf(clients, target).get(signInKey(target.team));
  return item && SignInItem.parse(item);
}

async function findOrMakeKey(clients: SignInClients, target: SignInTeam): Promise<SignInKey> {
  const { apiGateway } = clients;
  const known = await readSignInKey(clients, target);
  if (known && (await unlessMissing(apiGateway.send(new GetApiKeyCommand({ apiKey: known.keyId })))))
    return known;

  const name = `${target.stackName}-${target.team}-sign-in`;
  // An earlier run may have broken off between the key and the item.
  const pages = paginateGetApiKeys(
    { client: apiGateway, pageSize: 500 },
    { nameQuery: name, includeValues: true },
  );
  for await (const { items = [] } of pages) {
    const found = items.find((key) => key.name === name);
    if (found) return keyOf(found, name);
  }
  const description = `${target.stackName}: signed-in callers of team ${target.team}`;
  return keyOf(await apiGateway.send(new CreateApiKeyCommand({ name, description, enabled: true })), name);
}

function keyOf({ id, value }: ApiKey, name: string): SignInKey {
  if (id === undefined || value === undefined) throw new AdminError('key_has_no_value', { key: name });
  return { keyId: id, value };
}

/** Takes the key out of the deployment's other plans: API Gateway lets it be in one of them. */
async function joinPlan(
  { apiGateway }: SignInClients,
  keyId: string,
  { stackName, plan }: { readonly stackName: string; readonly plan: string },
): Promise<void> {
  const ofStack = ({ name }: UsagePlan) => name?.startsWith(`${stackName}-`) === true;
  const plansOf = async (query: { keyId?: string }): Promise<UsagePlan[]> => {
    const plans: UsagePlan[] = [];
    const pages = paginateGetUsagePlans({ client: apiGateway, pageSize: 500 }, query);
    for await (const { items = [] } of pages) plans.push(...items.filter(ofStack));
    return plans;
  };
  const wantedName = `${stackName}-${plan}`;
  const present = await plansOf({ keyId });
  if (present.some(({ name }) => name === wantedName)) return;
  const wanted = (await plansOf({})).find(({ name }) => name === wantedName);
  if (!wanted) throw new AdminError('plan_is_not_deployed', { plan });
  for (const { id } of present) {
    await unlessMissing(apiGateway.send(new DeleteUsagePlanKeyCommand({ usagePlanId: id, keyId })));
  }
  await apiGateway.send(new CreateUsagePlanKeyCommand({ usagePlanId: wanted.id, keyId, keyType: 'API_KEY' }));
}

/** Undefined where what a call is about does not exist. */
async function unlessMissing<Value>(call: Promise<Value>): Promise<Value | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
