import { accessKey, teamKey, teamListKey } from '@org/table';
import type { Deployment } from '../deployment.ts';
import { listKeyNames } from '../keys/key-names.ts';
import { moveTeam } from './move-team.ts';

/**
 * Hands teams made at run time that are now in the config to the config: they and their keys forget their earlier plan,
 * so that they do not get it back by leaving the config. Safe to repeat.
 */
export async function adoptTeams(deployment: Deployment): Promise<void> {
  const { config, table } = deployment;
  const teams = Object.entries(config.teams);
  const profiles = await table.getAll(teams.map(([team]) => teamKey(team)));
  const keys = (await listKeyNames(deployment)).flatMap(({ team, keyId }) =>
    keyId !== undefined && Object.hasOwn(config.teams, team) ? [{ team, keyId }] : [],
  );
  const items = await table.getAll(keys.map(({ keyId }) => accessKey(keyId)));
  const withPlan = new Set(keys.flatMap(({ team }, index) => (items[index]?.['plan'] ? [team] : [])));
  for (const [index, [team, { plan }]] of teams.entries()) {
    if (!profiles[index] && !withPlan.has(team)) continue;
    await moveTeam(deployment, team, plan);
    await table.put(teamListKey(team), {});
    // Last, so that a repeated command finds the remaining work.
    await table.delete(teamKey(team));
  }
}
