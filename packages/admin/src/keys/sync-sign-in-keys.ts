import { signInKey } from '@org/table';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { listTeams } from '../teams/teams.ts';
import { ensureSignInKey, removeSignInKey, teamsWithSignInKeys } from './sign-in-keys.ts';

/**
 * Sees to it, after a deployment, that the teams have the keys of their signed-in callers, and that nobody else has: no team
 * that has left the config, and none at all where the config has no sign-in.
 *
 * @throws {AdminError} If a plan of the config is not deployed.
 */
export async function syncSignInKeys(deployment: Deployment): Promise<void> {
  const { config } = deployment;
  // Before the teams are read: a team that is made meanwhile has its entry before its key.
  const having = await teamsWithSignInKeys(deployment);
  const teams = config.signIn ? await listTeams(deployment) : [];
  const names = new Set(teams.map(({ name }) => name));
  await concurrently(
    [...having].filter((team) => !names.has(team)),
    (team) => removeSignInKey(deployment, team),
  );
  const items = await deployment.table.getAll(teams.map(({ name }) => signInKey(name)));
  await concurrently([...teams.entries()], async ([index, { name, plan, source }]) => {
    // What has changed since is the plan of a team of the config. The others are moved by a command, which sees to their keys.
    if (source === 'run-time' && items[index] && having.has(name)) return;
    if (plan !== undefined && Object.hasOwn(config.plans, plan)) {
      await ensureSignInKey(deployment, name, plan);
    }
  });
}
