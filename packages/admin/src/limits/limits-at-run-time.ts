import type { Limits } from '@org/contract';
import type { LimitsAtRunTime } from '../cost/cost-statement.ts';
import type { Deployment } from '../deployment.ts';
import { listLimits } from './list-limits.ts';

/** The limits in force now of the teams and keys whose limits operators changed, by their names. */
export async function limitsAtRunTime(deployment: Deployment): Promise<LimitsAtRunTime> {
  const teams = new Map<string, Limits>();
  const keys = new Map<string, Limits>();
  for (const { team, key, set, raises, inForce } of await listLimits(deployment)) {
    if (!inForce || (set === undefined && raises.length === 0)) continue;
    if (key === undefined) teams.set(team, inForce);
    else keys.set(key, inForce);
  }
  return { teams, keys };
}
