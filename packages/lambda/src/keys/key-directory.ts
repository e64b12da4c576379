import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AccessItem, accessKey, Believed, readItem } from '@org/table';
import { type Caller, type Config, callerOf } from '../config.ts';
import { failureName } from '../failure-name.ts';
import { ProxyError } from '../proxy-error.ts';

/**
 * Finds an API key's caller at a moment; `undefined` for a key that this deployment did not issue, or that has
 * expired.
 *
 * @param at When the request came in, by API Gateway's clock: milliseconds since 1970.
 */
export type KeyDirectory = (keyId: string, signal: AbortSignal, at: number) => Promise<Caller | undefined>;

/** A key made at run time: the caller that it stands for, and for how long. */
interface Entry {
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
 * @returns A directory that fails with `limits_unavailable` if the table cannot be read: without the team, its limits
 *   are unknown.
 */
export function createKeyDirectory({ client, config, now }: KeyDirectoryOptions): KeyDirectory {
  const entries = new Believed<Entry>(now);
  return async (keyId, signal, at) => {
    const deployed = config.callers.get(keyId);
    if (deployed) return deployed;
    const entry = await entries.get(keyId, () => readEntry(client, config, keyId, signal));
    return entry && at < entry.endsAt ? entry.caller : undefined;
  };
}

async function readEntry(
  client: DynamoDBClient,
  config: Config,
  keyId: string,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const location = { client, table: config.table };
  const item = await readItem(location, accessKey(keyId), signal).catch((error: unknown) => {
    throw new ProxyError({ code: 'limits_unavailable' }, { failure: { name: failureName(error) } });
  });
  if (!item) return undefined;
  const { team, plan, limits, countedAs, until } = AccessItem.parse(item);
  const planName = config.teams.get(team) ?? plan ?? '';
  const planAccess = config.plans.get(planName);
  if (!planAccess) return undefined;
  const caller = callerOf({ keyId, team, plan: planName, limits }, planAccess);
  const scopes = caller.scopes.map((scope) =>
    scope.kind === 'key' && countedAs !== undefined ? { ...scope, id: countedAs } : scope,
  );
  return {
    caller: { ...caller, scopes },
    endsAt: until === undefined ? Number.POSITIVE_INFINITY : until * 1000,
  };
}
