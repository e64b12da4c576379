import { signInKey } from '@org/table';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { configWithPlans } from '../plans/plans.ts';
import { listTeams } from '../teams/teams.ts';
import { ensureSignInKey, removeSignInKey, teamsWithSignInKeys } from './sign-in-keys.ts';

/**
 * Ensures, after a deployment, that the teams have the keys of their signed-in callers, and that no other team has:
 * none that left the config, and none at all if the config has no sign-in.
 *
 * @throws {AdminError} If a plan of the config is not deployed.
 */
export async function syncSignInKeys(deployment: Deployment): Promise<void> {
  const { config } = deployment;
  const { plans } = config.signIn ? await configWithPlans(deployment) : config;
  // Before the teams are read, because a team made meanwhile gets its entry before its key.
  const having = await teamsWithSignInKeys(deployment);
  const teams = config.signIn ? await listTeams(deployment) : [];
  const names = new Set(teams.map(({ name }) => name));
  await concurrently(
    [...having].filter((team) => !names.has(team)),
    (team) => removeSignInKey(deployment, team),
  );
  const items = await deployment.table.getAll(teams.map(({ name }) => signInKey(name)));
  await concurrently([...teams.entries()], async ([index, { name, plan, source }]) => {
    // Only teams of the config can have a new plan. A command moves the others, with their keys.
    if (source === 'run-time' && items[index] && having.has(name)) return;
    if (plan !== undefined && Object.hasOwn(plans, plan)) {
      await ensureSignInKey(deployment, name, plan);
    }
  });
}
