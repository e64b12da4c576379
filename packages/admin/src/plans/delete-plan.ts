import { planKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import type { Deployment } from '../deployment.ts';
import { moveTeam } from '../teams/move-team.ts';
import { listTeams } from '../teams/teams.ts';
import { listStoredPlans, readPlan, type StoredPlan } from './stored-plan.ts';
import { requireStoredPlan } from './write-plan.ts';

/**
 * Deletes a plan made at run time. No team can join it meanwhile. Safe to repeat.
 *
 * @throws {AdminError} If there is no such plan, it is the config's alone, or a team or a key is still on it.
 */
export async function deletePlan(deployment: Deployment, name: string): Promise<void> {
  const { config, table, plans } = deployment;
  const handedOver = Object.hasOwn(config.plans, name) ? await readPlan(table, name) : undefined;
  if (handedOver) return handOver(deployment, handedOver);
  await requireStoredPlan(deployment, name);
  const key = planKey(name);
  if (!(await table.update(key, { closing: 1 }, 'present'))) return;
  const teams = (await listTeams(deployment)).flatMap((team) => (team.plan === name ? [team.name] : []));
  // Of a team that was moved half way, keys are left in it.
  const keys = await plans.keysIn(name);
  if (teams.length > 0 || keys > 0) {
    await table.update(key, { closing: undefined }, 'present');
    throw new AdminError('plan_is_in_use', { plan: name, teams, keys });
  }
  await remove(deployment, name, 'plans delete');
}

/**
 * Hands plans made at run time that are now in the config to the config: their teams' keys move to the usage plan that was
 * deployed, and the earlier one is deleted. Safe to repeat.
 */
export async function adoptPlans(deployment: Deployment): Promise<void> {
  for (const stored of await listStoredPlans(deployment.table)) {
    if (Object.hasOwn(deployment.config.plans, stored.name)) await handOver(deployment, stored);
  }
}

async function handOver(deployment: Deployment, { name }: Pick<StoredPlan, 'name'>): Promise<void> {
  for (const team of await listTeams(deployment)) {
    if (team.plan === name) await moveTeam(deployment, team.name, name);
  }
  await remove(deployment, name, 'plans adopt');
}

/** Last the item, so that a repeated command finds the remaining work. */
async function remove(
  deployment: Deployment,
  name: string,
  action: 'plans delete' | 'plans adopt',
): Promise<void> {
  const { table, plans } = deployment;
  const stored = await readPlan(table, name);
  await plans.delete(name);
  if (!stored) return;
  await table.transact([
    { kind: 'delete', key: planKey(name), condition: 'present' },
    await recordOf(deployment, { action, plan: name, from: stored.plan }),
  ]);
}
