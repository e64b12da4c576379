import type { Deployment } from '../deployment.ts';
import { type LimitsRecord, listLimits } from '../limits/list-limits.ts';
import { configWithPlans } from '../plans/plans.ts';
import { type CostStatement, costOfTeams } from './cost-statement.ts';

/**
 * The most that the models can cost in a month, by the limits that are in force now: of the config's teams and of those made
 * at run time, with what operators changed at run time. It is as if all of the month had these limits. A team whose plan
 * is gone is refused, and is left out.
 *
 * @param records What `listLimits` said of all teams and keys. Default: it is asked.
 */
export async function costInForce(
  deployment: Deployment,
  records?: readonly LimitsRecord[],
): Promise<CostStatement> {
  const config = await configWithPlans(deployment);
  const byTeam = Map.groupBy(records ?? (await listLimits(deployment)), ({ team }) => team);
  const teams = [...byTeam.values()].flatMap((records) => {
    const team = records.find(({ key }) => key === undefined);
    if (team?.plan === undefined || !Object.hasOwn(config.plans, team.plan)) return [];
    const keys = records.flatMap(({ key, inForce }) => (key === undefined ? [] : [{ limits: inForce }]));
    return [{ team: team.team, plan: team.plan, limits: team.inForce, keys }];
  });
  return costOfTeams(teams, config);
}
