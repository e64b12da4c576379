import { accessKey, teamKey, teamListKey } from '@org/table';
import type { Deployment } from '../deployment.ts';
import { listKeyNames } from '../keys/key-names.ts';
import { moveTeam } from './move-team.ts';

/**
 * Makes the teams of the config the config's alone, where they were made at run time before: the plan that they had is
 * forgotten, also by their keys, so that they do not get it back by leaving the config. Safe to repeat.
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
    // Last, so that anyone who repeats this finds what is left to do.
    await table.delete(teamKey(team));
  }
}
