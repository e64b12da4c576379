import type { Limits } from '@org/contract';
import { changesKey, limitsInForce, type Raise, type ScopeName } from '@org/table';
import { changesOf } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { listRunTimeKeys } from '../keys/keys.ts';
import { listTeams, requireTeam } from '../teams/teams.ts';

/** The limits of a team or a key, and what was changed of them at run time. */
export interface LimitsRecord {
  readonly team: string;
  /** Undefined for a team. */
  readonly key?: string | undefined;
  readonly plan: string | undefined;
  /** Under which its use is counted. A key shares it with the keys that it replaced. */
  readonly scope: ScopeName;
  /** Of the plan, of the key in the config, or those that the key was made with. */
  readonly base: Limits | undefined;
  /** Set at run time, in place of these. */
  readonly set: Limits | undefined;
  /** Raises that are not over. */
  readonly raises: readonly Raise[];
  readonly inForce: Limits | undefined;
}

export interface LimitsQuery {
  /** Default: all teams. */
  readonly team?: string | undefined;
  /** Whether keys are listed too. Default: true. */
  readonly keys?: boolean | undefined;
}

/**
 * Every team and key that has not been removed, each key after its team; a key with the keys that it replaced.
 *
 * @throws {AdminError} If there is no such team.
 */
export async function listLimits(
  deployment: Deployment,
  { team: only, keys: withKeys = true }: LimitsQuery = {},
): Promise<LimitsRecord[]> {
  const { config, configKeyIds, table, now } = deployment;
  const [teams, made] = await Promise.all([
    only === undefined ? listTeams(deployment) : [await requireTeam(deployment, only)],
    withKeys ? listRunTimeKeys(deployment, only) : [],
  ]);
  const deployed = Object.entries(config.teams).flatMap(([team, { keys }]) =>
    keys.map((key) => ({
      ...key,
      team,
      id: configKeyIds.get(key.name),
      countedAs: undefined,
      replaced: false,
    })),
  );
  const keys = withKeys ? [...deployed, ...made] : [];
  const subjects = teams.flatMap(({ name, plan }) => [
    {
      ...{ team: name, key: undefined, plan, base: config.plans[plan ?? '']?.limits },
      scope: { kind: 'team', id: name } as const,
    },
    ...keys.flatMap(({ name: key, id, team, limits: base, countedAs = id, replaced }) =>
      team === name && countedAs !== undefined && !replaced
        ? [{ team, key, plan, base, scope: { kind: 'key', id: countedAs } as const }]
        : [],
    ),
  ]);
  const items = await table.getAll(subjects.map(({ scope }) => changesKey(scope)));
  const at = now();
  return subjects.map((subject, index): LimitsRecord => {
    const { limits, raises = [] } = changesOf(items[index]);
    return {
      ...subject,
      set: limits,
      raises: raises.filter(({ until }) => at < until * 1000),
      inForce: limitsInForce(subject.base, { limits, raises }, at),
    };
  });
}
