import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Limits } from '@org/contract';
import * as z from 'zod/mini';
import { type Caller, type Config, callerOf } from './config.ts';
import { failureName } from './failure-name.ts';
import { ProxyError } from './proxy-error.ts';

/** Finds who an API key stands for; `undefined` for a key that this deployment did not issue. */
export type KeyDirectory = (keyId: string, signal: AbortSignal) => Promise<Caller | undefined>;

/** How long what the table says of a key is believed: a revoked or changed key lives on for that long at most. */
const believedForMs = 60_000;

/** More keys than one function instance sees in a minute; beyond that the oldest are forgotten. */
const mostRemembered = 10_000;

/** An item of a key made at run time, under `pk` `key#<id>` and `sk` `access`. */
const KeyItem = z.object({
  team: z.object({ S: z.string() }),
  /** Of a team that was made at run time too; a team of the config has the plan that the config says. */
  plan: z.optional(z.object({ S: z.string() })),
  /** Limits of the key's own, as JSON. */
  limits: z.optional(z.object({ S: z.string() })),
});

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
  const remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();

  return async (keyId, signal) => {
    const deployed = config.callers.get(keyId);
    if (deployed) return deployed;

    const known = remembered.get(keyId);
    if (known && known.until > now()) return known.caller;
    remembered.delete(keyId);

    const caller = await readCaller(client, config, keyId, signal);
    if (caller) {
      const [oldest] = remembered.keys();
      if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
      remembered.set(keyId, { caller, until: now() + believedForMs });
    }
    return caller;
  };
}

async function readCaller(
  client: DynamoDBClient,
  config: Config,
  keyId: string,
  signal: AbortSignal,
): Promise<Caller | undefined> {
  const command = new GetItemCommand({
    TableName: config.table,
    Key: { pk: { S: `key#${keyId}` }, sk: { S: 'access' } },
  });
  const { Item: item } = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
    throw new ProxyError({ code: 'limits_unavailable' }, { failure: { name: failureName(error) } });
  });
  if (!item) return undefined;
  const { team, plan, limits } = KeyItem.parse(item);
  const planName = config.teams.get(team.S) ?? plan?.S ?? '';
  const planAccess = config.plans.get(planName);
  if (!planAccess) return undefined;
  const own = limits && Limits.parse(JSON.parse(limits.S));
  return callerOf({ keyId, team: team.S, plan: planName, limits: own }, planAccess);
}
