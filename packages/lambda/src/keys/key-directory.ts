import { type AttributeValue, type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LimitsSchema } from '@org/contract';
import * as z from 'zod/mini';
import { type Caller, type Config, callerOf } from '../config.ts';
import { failureName } from '../failure-name.ts';
import { ProxyError } from '../proxy-error.ts';

/**
 * Finds who an API key stands for at a moment; `undefined` for a key that this deployment did not issue, or whose time
 * is over.
 *
 * @param at When the request came in, by API Gateway's clock: milliseconds since 1970.
 */
export type KeyDirectory = (keyId: string, signal: AbortSignal, at: number) => Promise<Caller | undefined>;

/** How long what the table says of a key is believed: a revoked or changed key lives on for that long at most. */
export const believedForMs = 60_000;

/** More keys than one function instance sees in a minute; beyond that the oldest are forgotten. */
const mostRemembered = 10_000;

/** Where the item of a key made at run time is. */
export function accessItemKey(keyId: string): Record<'pk' | 'sk', AttributeValue.SMember> {
  return { pk: { S: `key#${keyId}` }, sk: { S: 'access' } };
}

/** What a function reads of the item of a key made at run time. It may have more attributes. */
export const AccessItem = z.object({
  team: z.object({ S: z.string() }),
  /** Of a team that was made at run time too; a team of the config has the plan that the config says. */
  plan: z.optional(z.object({ S: z.string() })),
  /** Limits of the key's own, as JSON. */
  limits: z.optional(z.object({ S: z.string() })),
  /** Id of the key that this one took over from: the limits of its own go on counting there. */
  countedAs: z.optional(z.object({ S: z.string() })),
  /** Seconds since 1970, from which on the key is refused. */
  until: z.optional(z.object({ N: z.string() })),
});

/** A key made at run time: whom it stands for, and for how long. */
interface Access {
  readonly caller: Caller;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

export interface KeyDirectoryOptions {
  readonly client: DynamoDBClient;
  readonly config: Config;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Keys of the config are known from the start; keys made at run time are items of the table.
 *
 * @returns A directory that fails with `limits_unavailable` where the table cannot be read: without the team, nobody
 *   knows its limits.
 */
export function createKeyDirectory({ client, config, now }: KeyDirectoryOptions): KeyDirectory {
  const remembered = new Map<string, { readonly access: Access; readonly believedUntil: number }>();

  const accessOf = async (keyId: string, signal: AbortSignal): Promise<Access | undefined> => {
    const known = remembered.get(keyId);
    if (known && known.believedUntil > now()) return known.access;
    remembered.delete(keyId);

    const believedUntil = now() + believedForMs;
    const access = await readAccess(client, config, keyId, signal);
    if (access) {
      const [oldest] = remembered.keys();
      if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
      remembered.set(keyId, { access, believedUntil });
    }
    return access;
  };

  return async (keyId, signal, at) => {
    const deployed = config.callers.get(keyId);
    if (deployed) return deployed;
    const access = await accessOf(keyId, signal);
    return access && at < access.endsAt ? access.caller : undefined;
  };
}

async function readAccess(
  client: DynamoDBClient,
  config: Config,
  keyId: string,
  signal: AbortSignal,
): Promise<Access | undefined> {
  // A stale read would be believed for another minute.
  const command = new GetItemCommand({
    TableName: config.table,
    Key: accessItemKey(keyId),
    ConsistentRead: true,
  });
  const { Item: item } = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw new ProxyError({ code: 'limits_unavailable' }, { failure: { name: failureName(error) } });
  });
  if (!item) return undefined;
  const { team, plan, limits, countedAs, until } = AccessItem.parse(item);
  const planName = config.teams.get(team.S) ?? plan?.S ?? '';
  const planAccess = config.plans.get(planName);
  if (!planAccess) return undefined;
  const own = limits && LimitsSchema.parse(JSON.parse(limits.S));
  const caller = callerOf({ keyId, team: team.S, plan: planName, limits: own }, planAccess);
  const scopes = caller.scopes.map((scope) =>
    scope.kind === 'key' && countedAs ? { ...scope, id: countedAs.S } : scope,
  );
  return {
    caller: { ...caller, scopes },
    endsAt: until ? Number(until.N) * 1000 : Number.POSITIVE_INFINITY,
  };
}
