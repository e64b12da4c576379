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
  mayBeMarked,
  PlanItem,
  planKey,
  readItem,
  type ScopeName,
} from '@org/table';
import { type Caller, type Config, callerOf } from '../config.ts';
import { RunTimePlan } from '../environment.ts';
import { failureName } from '../failure-name.ts';
import { ProxyError } from '../proxy-error.ts';
import { readJson } from '../variables.ts';

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
 * Keys and plans of the config are known from the start; those made at run time are items of the table, and so are the changes that
 * operators make at run time. Each item is believed for a minute. What was changed of a team's members is read only of those
 * that the team's item has marked.
 *
 * @returns A directory that fails with `limits_unavailable` if the table cannot be read, because the limits in force are
 *   unknown without it.
 */
export function createKeyDirectory({ client, config, now }: KeyDirectoryOptions): KeyDirectory {
  const accesses = new Believed<Access>(now);
  const changes = new Believed<Changes>(now);
  // By itself, so that a team with many exceptions makes no other item forgotten.
  const exceptions = new Believed<Changes>(now);
  const plans = new Believed<RunTimePlan>(now);

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
  const planOf = (name: string, signal: AbortSignal) =>
    plans.get(name, async () => {
      const item = await read(planKey(name), signal);
      return (
        item && readJson(PlanItem.parse(item).access, RunTimePlan, (reason) => new Error(`plan: ${reason}`))
      );
    });
  const changesOf = async (scope: ScopeName, signal: AbortSignal): Promise<Changes> => {
    const key = changesKey(scope);
    // That there are none is believed too. Otherwise every call would look for them.
    const remembered = 'team' in scope ? exceptions : changes;
    const id = `${key.pk} ${key.sk}`;
    return (await remembered.get(id, async () => ChangesItem.parse((await read(key, signal)) ?? {}))) ?? {};
  };

  return async (keyId, signal, at) => {
    const deployed = config.keys.get(keyId);
    const access = deployed ? undefined : await accessOf(keyId, signal);
    const team = deployed?.team ?? access?.team;
    if (team === undefined || !isOpen(access, at)) return undefined;
    const plan = config.teams.get(team) ?? access?.plan;
    if (plan === undefined) return undefined;
    const planAccess = config.plans.get(plan) ?? (await planOf(plan, signal));
    if (!planAccess) return undefined;

    const countedAs = access?.countedAs ?? keyId;
    const [ofKey, ofTeam] = await Promise.all([
      changesOf({ kind: 'key', id: countedAs }, signal),
      changesOf({ kind: 'team', id: team }, signal),
    ]);
    // A key made at run time has its end and its state in its own item: the changes are also those of the keys before it.
    if (deployed && !isOpen(ofKey, at)) return undefined;
    const { members } = ofTeam;
    const key = {
      keyId,
      countedAs,
      team,
      plan,
      limits: limitsInForce((deployed ?? access)?.limits, ofKey, at),
    };
    return {
      ...callerOf(key, { ...planAccess, limits: limitsInForce(planAccess.limits, ofTeam, at) }),
      keyName: access?.name,
      inForce: members
        ? async (member, base) =>
            mayBeMarked(members, member) ? limitsInForce(base, await changesOf(member, signal), at) : base
        : undefined,
    };
  };
}

/** Whether a key works at a moment: milliseconds since 1970. */
function isOpen(state: Pick<Changes, 'disabled' | 'until'> | undefined, at: number): boolean {
  return !state?.disabled && at < (state?.until ?? Number.POSITIVE_INFINITY) * 1000;
}
