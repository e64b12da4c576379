import { randomBytes } from 'node:crypto';
import { listOf, proofListKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { discardKey } from '../keys/keys.ts';
import { deleteTeam } from '../teams/delete-team.ts';
import { createTeam } from '../teams/teams.ts';

/** Older than any run, so that a run at work now is left alone. */
const leftOverAfterMs = 60 * 60 * 1000;

/**
 * Makes a team for some work, and removes it with its keys afterwards, however the work ended. If the process is killed, the next
 * {@link removeLeftovers} finds the team, whatever was made of it.
 */
export async function withThrowawayTeam<Value>(
  deployment: Deployment,
  plan: string,
  work: (team: string) => Promise<Value>,
): Promise<Value> {
  const team = `prove-${randomBytes(12).toString('hex')}`;
  try {
    // First, so that nothing is made that is not in the list.
    await deployment.table.put(proofListKey(team), { createdAt: new Date(deployment.now()).toISOString() });
    await createTeam(deployment, team, plan);
    return await work(team);
  } finally {
    await remove(deployment, team);
  }
}

/**
 * Removes the teams of runs whose process was killed.
 *
 * @param which `old`: those that began over an hour ago. `all`: also that of a run which is at work now.
 * @returns The teams' names.
 */
export async function removeLeftovers(deployment: Deployment, which: 'old' | 'all'): Promise<string[]> {
  const before = deployment.now() - leftOverAfterMs;
  const left = (await deployment.table.query(listOf.proofs)).flatMap(({ sk, createdAt }) =>
    which === 'all' || Date.parse(createdAt?.S ?? '') < before ? [sk?.S ?? ''] : [],
  );
  for (const team of left) await remove(deployment, team);
  return left;
}

/** Also a team that was made or removed half way. */
async function remove(deployment: Deployment, team: string): Promise<void> {
  try {
    await deleteTeam(deployment, team);
  } catch (error) {
    if (!(error instanceof AdminError && error.is('no_such_team'))) throw error;
  }
  for (const { id } of await deployment.apiKeys.list(`${team}-`)) await discardKey(deployment, id);
  // Last, so that a repeated command finds the team.
  await deployment.table.delete(proofListKey(team));
}
