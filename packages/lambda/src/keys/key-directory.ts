import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Access,
  AccessItem,
  accessKey,
  Believed,
  type Changes,
  ChangesItem,
  changesKey,
  type Item,
  type ItemKey,
  limitsInForce,
  readItem,
  type ScopeName,
} from '@org/table';
import { type Caller, type Config, callerOf } from '../config.ts';
import { failureName } from '../failure-name.ts';
import { ProxyError } from '../proxy-error.ts';

/**
 * Finds an API key's caller at a moment, with the limits in force then; `undefined` for a key that this deployment did not
 * issue, that has expired, or that is disabled.
 *
 * @param at When the request came in, by API Gateway's clock: milliseconds since 1970.
 */
export type KeyDirectory = (keyId: string, signal: AbortSignal, at: number) => Promise<Caller | undefined>;

export interface KeyDirectoryOptions {
  readonly client: DynamoDBClient;
  readonly config: Config;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Keys of the config are known from the start; keys made at run time are items of the table, and so are the changes that
 * operators make at run time. Each item is believed for a minute.
 *
 * @returns A directory that fails with `limits_unavailable` if the table cannot be read, because the limits in force are
 *   unknown without it.
 */
export function createKeyDirectory({ client, config, now }: KeyDirectoryOptions): KeyDirectory {
  const accesses = new Believed<Access>(now);
  const changes = new Believed<Changes>(now);

  const read = async (key: ItemKey, signal: AbortSignal): Promise<Item | undefined> => {
    try {
      return await readItem({ client, table: config.table }, key, signal);
    } catch (error) {
      throw new ProxyError({ code: 'limits_unavailable' }, { failure: { name: failureName(error) } });
    }
  };
  const accessOf = (keyId: string, signal: AbortSignal) =>
    accesses.get(keyId, async () => {
      const item = await read(accessKey(keyId), signal);
      return item && AccessItem.parse(item);
    });
  const changesOf = async (scope: ScopeName, signal: AbortSignal): Promise<Changes> => {
    const key = changesKey(scope);
    // That there are none is believed too. Otherwise every call would look for them.
    return (await changes.get(key.pk, async () => ChangesItem.parse((await read(key, signal)) ?? {}))) ?? {};
  };

  return async (keyId, signal, at) => {
    const deployed = config.keys.get(keyId);
    const access = deployed ? undefined : await accessOf(keyId, signal);
    const team = deployed?.team ?? access?.team;
    if (team === undefined || !isOpen(access, at)) return undefined;
    const plan = config.teams.get(team) ?? access?.plan ?? '';
    const planAccess = config.plans.get(plan);
    if (!planAccess) return undefined;

    const countedAs = access?.countedAs ?? keyId;
    const [ofKey, ofTeam] = await Promise.all([
      changesOf({ kind: 'key', id: countedAs }, signal),
      changesOf({ kind: 'team', id: team }, signal),
    ]);
    // A key made at run time has its end and its state in its own item: the changes are also those of the keys before it.
    if (deployed && !isOpen(ofKey, at)) return undefined;
    const key = {
      keyId,
      countedAs,
      team,
      plan,
      limits: limitsInForce((deployed ?? access)?.limits, ofKey, at),
    };
    return callerOf(key, { ...planAccess, limits: limitsInForce(planAccess.limits, ofTeam, at) });
  };
}

/** Whether a key works at a moment: milliseconds since 1970. */
function isOpen(state: Pick<Changes, 'disabled' | 'until'> | undefined, at: number): boolean {
  return !state?.disabled && at < (state?.until ?? Number.POSITIVE_INFINITY) * 1000;
}
