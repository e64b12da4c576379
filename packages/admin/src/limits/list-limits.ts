import type { Limits } from '@org/contract';
import { changesKey, limitsInForce, type Raise } from '@org/table';
import { changesOf } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { listRunTimeKeys } from '../keys/keys.ts';
import { listTeams } from '../teams/teams.ts';

/** The limits of a team or a key, and what was changed of them at run time. */
export interface LimitsRecord {
  readonly team: string;
  /** Undefined for a team. */
  readonly key?: string | undefined;
  readonly plan: string | undefined;
  /** Of the plan, of the key in the config, or those that the key was made with. */
  readonly base: Limits | undefined;
  /** Set at run time, in place of these. */
  readonly set: Limits | undefined;
  /** Raises that are not over. */
  readonly raises: readonly Raise[];
  readonly inForce: Limits | undefined;
}

/** Every team and key that has not been removed, each key after its team; a key with the keys that it replaced. */
export async function listLimits(deployment: Deployment): Promise<LimitsRecord[]> {
  const { config, configKeyIds, table, now } = deployment;
  const [teams, made] = await Promise.all([listTeams(deployment), listRunTimeKeys(deployment)]);
  const deployed = Object.entries(config.teams).flatMap(([team, { keys }]) =>
    keys.map((key) => ({
      ...key,
      team,
      id: configKeyIds.get(key.name),
      countedAs: undefined,
      replaced: false,
    })),
  );
  const keys = [...deployed, ...made];
  const subjects = teams.flatMap(({ name, plan }) => [
    { team: name, key: undefined, plan, base: config.plans[plan ?? '']?.limits, id: name },
    ...keys.flatMap(({ name: key, id, team, limits: base, countedAs = id, replaced }) =>
      team === name && countedAs !== undefined && !replaced ? [{ team, key, plan, base, id: countedAs }] : [],
    ),
  ]);
  const items = await table.getAll(
    subjects.map(({ key, id }) => changesKey({ kind: key === undefined ? 'team' : 'key', id })),
  );
  const at = now();
  return subjects.map(({ id: _, ...subject }, index): LimitsRecord => {
    const { limits, raises = [] } = changesOf(items[index]);
    return {
      ...subject,
      set: limits,
      raises: raises.filter(({ until }) => at < until * 1000),
      inForce: limitsInForce(subject.base, { limits, raises }, at),
    };
  });
}
