import { teamKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { listKeyNames } from '../keys/key-names.ts';
import { changeAccess, ownPlan, readAccess } from '../keys/keys.ts';
import { ensureSignInKey } from '../keys/sign-in-keys.ts';
import { checkPlan, plannedTeam } from './teams.ts';

/**
 * Puts a team and all its keys on another plan. Safe to repeat after an attempt that stopped anywhere: every key is
 * checked again.
 *
 * The config sets the plan of its own teams; this moves their keys made at run time to it.
 *
 * @returns How many keys made at run time the team has that still work.
 * @throws {AdminError} If there is no such team or plan, or the config says another plan.
 */
export async function moveTeam(deployment: Deployment, name: string, plan: string): Promise<number> {
  const { config, table, plans, now } = deployment;
  const joining = await checkPlan(deployment, plan);
  const team = await plannedTeam(deployment, name);
  if (team.source === 'config' && team.plan !== plan) {
    throw new AdminError('team_plan_is_of_config', { team: name, plan: team.plan });
  }
  // First the team, so that a key which is being made now ends up in the new plan too.
  if (team.source === 'run-time' && team.plan !== plan) {
    const moved = await table.transact([
      { kind: 'update', key: teamKey(name), attributes: { plan }, condition: { plan: team.plan } },
      ...joining,
      await recordOf(deployment, {
        action: 'teams move',
        team: name,
        from: { plan: team.plan },
        to: { plan },
      }),
    ]);
    // Another command moved or deleted it meanwhile, or deletes the plan.
    if (!moved) return moveTeam(deployment, name, plan);
  }
  const keyIds = (await listKeyNames(deployment)).flatMap(({ team: owner, keyId }) =>
    owner === name && keyId !== undefined ? [keyId] : [],
  );
  const distinct = [...new Set(keyIds)];
  const moved = await concurrently(distinct, async (keyId) => {
    await plans.move(keyId, plan);
    await changeAccess(table, keyId, { plan: ownPlan(deployment, name, plan) });
    return readAccess(deployment, keyId);
  });
  if (config.signIn) await ensureSignInKey(deployment, name, plan);
  return moved.filter((access) => access && (access.until ?? Number.POSITIVE_INFINITY) * 1000 > now()).length;
}
