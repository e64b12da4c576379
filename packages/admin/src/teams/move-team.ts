import { CliError } from '../cli-error.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { listKeyNames } from '../keys/key-names.ts';
import { changeAccess, readAccess } from '../keys/keys.ts';
import { checkPlan, findTeam, noTeam, profileKey } from './teams.ts';

/**
 * Puts a team and all its keys on another plan. Safe to repeat, from wherever an earlier attempt stopped: every key is
 * looked at again.
 *
 * A team of the config has its plan there; its keys made at run time follow by this.
 *
 * @returns How many keys made at run time the team has that still work.
 * @throws {CliError} If there is no such team or plan, or the config says another plan.
 */
export async function moveTeam(deployment: Deployment, name: string, plan: string): Promise<number> {
  const { table, plans, signIn, now } = deployment;
  checkPlan(deployment, plan);
  const team = await findTeam(deployment, name);
  if (!team) throw noTeam(deployment, name);
  if (team.source === 'config' && team.plan !== plan) {
    throw new CliError(
      `The team ${name} has its plan in the config: ${team.plan}.`,
      'Change it there and deploy, then run this again for the keys that were made at run time.',
    );
  }
  // First the team, so that a key which is being made now ends up in the new plan too.
  if (team.source === 'run-time' && !(await table.update(profileKey(name), { plan }, 'present'))) {
    throw noTeam(deployment, name);
  }
  const keyIds = (await listKeyNames(deployment)).flatMap(({ team: owner, keyId }) =>
    owner === name && keyId !== undefined ? [keyId] : [],
  );
  const distinct = [...new Set(keyIds)];
  const moved = await concurrently(distinct, async (keyId) => {
    await plans.move(keyId, plan);
    await changeAccess(table, keyId, { plan });
    return readAccess(deployment, keyId);
  });
  await signIn?.ensure(name, plan);
  return moved.filter((access) => access && (access.until ?? Number.POSITIVE_INFINITY) * 1000 > now()).length;
}
