import type { Limits } from '@org/contract';
import {
  type Changes,
  changesKey,
  limitsInForce,
  type MemberName,
  memberChangesBefore,
  type Raise,
  type ScopeName,
  teamPartition,
} from '@org/table';
import { changesAnything, changesOf } from '../audit/changes.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { listRunTimeKeys } from '../keys/keys.ts';
import { configWithPlans } from '../plans/plans.ts';
import { listTeams, requireTeam } from '../teams/teams.ts';
import { memberBase } from './subject.ts';

/** The limits of a team, a key or a member of a team, and what was changed of them at run time. */
export interface LimitsRecord {
  readonly team: string;
  /** Only of a key. */
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
  /** Whether people, customers and models with changed limits are listed, after their team. Default: false. */
  readonly members?: boolean | undefined;
}

/**
 * Every team and key that has not been removed, each key after its team; a key with the keys that it replaced.
 *
 * @throws {AdminError} If there is no such team.
 */
export async function listLimits(
  deployment: Deployment,
  { team: only, keys: withKeys = true, members = false }: LimitsQuery = {},
): Promise<LimitsRecord[]> {
  const { config, configKeyIds, table, now } = deployment;
  const [{ plans }, teams, made] = await Promise.all([
    configWithPlans(deployment),
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
      ...{ team: name, key: undefined, plan, base: plans[plan ?? '']?.limits },
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
  const records = await concurrently(
    subjects.map((subject, index) => ({ subject, changes: changesOf(items[index]) })),
    async ({ subject, changes }): Promise<LimitsRecord[]> => {
      const { team, plan = '', key } = subject;
      // Of a team without a mark, nothing was changed of any member.
      const changed = members && key === undefined && changes.members ? await listMembers(table, team) : [];
      return [
        recordOf(subject, changes, at),
        ...changed.map(({ scope, changes: ofMember }) => {
          const access = plans[plan];
          return recordOf({ team, plan, scope, base: access && memberBase(access, scope) }, ofMember, at);
        }),
      ];
    },
  );
  return records.flat();
}

function recordOf(
  subject: Pick<LimitsRecord, 'team' | 'key' | 'plan' | 'scope' | 'base'>,
  { limits, raises = [] }: Changes,
  at: number,
): LimitsRecord {
  return {
    ...subject,
    set: limits,
    raises: raises.filter(({ until }) => at < until * 1000),
    inForce: limitsInForce(subject.base, { limits, raises }, at),
  };
}

/** The members of a team with changed limits, in the order of their kinds and ids. */
async function listMembers(
  table: Deployment['table'],
  team: string,
): Promise<{ readonly scope: MemberName; readonly changes: Changes }[]> {
  const items = await table.query(teamPartition(team), memberChangesBefore);
  return items.flatMap((item) => {
    const [, kind, id = ''] = (item['sk']?.S ?? '').split('#');
    const changes = changesOf(item);
    const isMember = kind === 'person' || kind === 'customer' || kind === 'model';
    return isMember && changesAnything(changes) ? [{ scope: { kind, team, id }, changes }] : [];
  });
}
