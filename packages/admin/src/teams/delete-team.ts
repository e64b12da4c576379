import { changesKey, memberChangesBefore, teamKey, teamListKey, teamPartition } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { listKeyNames } from '../keys/key-names.ts';
import { revokeKeys } from '../keys/revoke-key.ts';
import { removeSignInKey } from '../keys/sign-in-keys.ts';
import { requireTeam } from './teams.ts';

/** @returns The names of a team's keys made at run time, each once. */
export async function keyNamesOf(deployment: Deployment, team: string): Promise<string[]> {
  const names = await listKeyNames(deployment);
  return [...new Set(names.flatMap((name) => (name.team === team ? [name.name] : [])))];
}

/** @throws {AdminError} If there is no such team, or it is of the config. */
export async function checkDeletable(deployment: Deployment, name: string): Promise<void> {
  const { source } = await requireTeam(deployment, name);
  if (source === 'config') throw new AdminError('team_is_of_config', { team: name });
}

/**
 * Deletes a team with all its keys. Its usage stays counted, for the month of that usage. Safe to repeat.
 *
 * @throws {AdminError} If there is no such team, or it is of the config.
 */
export async function deleteTeam(deployment: Deployment, name: string): Promise<void> {
  const { table } = deployment;
  await checkDeletable(deployment, name);
  // First the team, so that a command which is making a key now removes it.
  const { plan } = await requireTeam(deployment, name);
  await table.transact([
    { kind: 'delete', key: teamKey(name), condition: 'present' },
    // A new team of the name does not inherit them.
    { kind: 'delete', key: changesKey({ kind: 'team', id: name }) },
    await recordOf(deployment, { action: 'teams delete', team: name, from: { plan } }),
  ]);
  const members = await table.query(teamPartition(name), memberChangesBefore);
  await concurrently(members, ({ sk }) => table.delete({ pk: teamPartition(name), sk: sk?.S ?? '' }));
  const names = await listKeyNames(deployment);
  await revokeKeys(
    deployment,
    names.filter(({ team }) => team === name),
  );
  // Even without sign-in in the config now, because it may have had it before.
  await removeSignInKey(deployment, name);
  // Last, so that a repeated command finds the team.
  await table.delete(teamListKey(name));
}
