import { Name, signInKeySuffix } from '@org/infra/config';
import { type Access, accessAttributes, accessKey, SignInItem, signInKey, teamKey } from '@org/table';
import * as z from 'zod/mini';
import { AdminError } from '../admin-error.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import { discardKey, makeApiKey } from './keys.ts';

/**
 * Distinguishes the key of a team's signed-in callers from all others of the account. Its name alone does not: the keys of
 * team "b-c" of a stack "a" and of team "c" of a stack "a-b" have the same name.
 */
function identityOf({ name: stack }: Deployment, team: string) {
  return {
    name: `${stack}-${team}${signInKeySuffix}`,
    description: `${stack}: signed-in callers of team ${team}`,
  };
}

/** The names of all teams, existing or not, that have such a key in API Gateway, even one that somebody else made. */
export async function teamsWithSignInKeys(deployment: Deployment): Promise<Set<string>> {
  const keys = await deployment.apiKeys.list(`${deployment.name}-`);
  const { description: head } = identityOf(deployment, '');
  const teams = keys.flatMap(({ name, description }) => {
    const team = description?.startsWith(head) ? description.slice(head.length) : undefined;
    const { data } = z.safeParse(Name, team);
    return data !== undefined && name === identityOf(deployment, data).name ? [data] : [];
  });
  return new Set(teams);
}

/**
 * Ensures that a team has the key of its signed-in callers, in its plan's usage plan. Its value is never shown. Safe to
 * run again at any time: after a failure, after the team moved to another plan, and after the key was deleted, to make a
 * new one.
 *
 * Only the table's item says which key it is. A key that only looks like it is deleted, because somebody else may have
 * made it and know its value.
 *
 * @throws {AdminError} If the plan is not deployed, or the team was deleted meanwhile.
 */
export async function ensureSignInKey(deployment: Deployment, team: string, plan: string): Promise<void> {
  const { apiKeys, plans, table } = deployment;
  // Without its own plan, the key ends with the team's entry in the config.
  const access: Access = { team, plan: isOfConfig(deployment, team) ? undefined : plan };
  const present = await keyIdOf(deployment, team);
  if (present !== undefined && (await apiKeys.isEnabled(present)) !== undefined) {
    await plans.move(present, plan);
    await table.put(accessKey(present), accessAttributes(access));
    return;
  }
  const isReplaced = await replaceKey(deployment, { team, plan, access, present });
  if (await isGone(deployment, team)) {
    await removeSignInKey(deployment, team);
    throw new AdminError('team_was_deleted', { team });
  }
  if (!isReplaced) await ensureSignInKey(deployment, team, plan);
}

function isOfConfig({ config }: Deployment, team: string): boolean {
  return Object.hasOwn(config.teams, team);
}

async function isGone(deployment: Deployment, team: string): Promise<boolean> {
  return !isOfConfig(deployment, team) && !(await deployment.table.get(teamKey(team)));
}

/** Refuses a team's signed-in callers within a minute. Does nothing for a team that has no such key. */
export async function removeSignInKey(deployment: Deployment, team: string): Promise<void> {
  const keyId = await keyIdOf(deployment, team);
  await discardOthers(deployment, team, keyId);
  // A repeated command finds the remains by the key's name.
  await deployment.table.delete(signInKey(team));
  if (keyId !== undefined) await discardKey(deployment, keyId);
}

async function keyIdOf({ table }: Deployment, team: string): Promise<string | undefined> {
  const item = await table.get(signInKey(team));
  return item && SignInItem.parse(item).keyId;
}

/**
 * Makes the key of a team.
 *
 * @param replacing.present Id of the team's earlier key.
 * @returns Whether it is the team's key now; if not, another command was first, or the team is gone.
 */
async function replaceKey(
  deployment: Deployment,
  { team, present, ...draft }: { team: string; plan: string; access: Access; present: string | undefined },
): Promise<boolean> {
  try {
    const { id, value } = await makeApiKey(deployment, { ...identityOf(deployment, team), ...draft });
    // Last, so that the authorizer never hands out a key that opens nothing yet.
    const isFirst = await deployment.table.put(
      signInKey(team),
      { value, keyId: id },
      present === undefined ? 'absent' : { keyId: present },
    );
    if (isFirst) await discardOthers(deployment, team, id);
    else await discardKey(deployment, id);
    return isFirst;
  } catch (error) {
    // The command that was first, or deleted the team, has removed other commands' work.
    const isRemoved = error instanceof AdminError && error.is('key_was_removed');
    if (isRemoved && ((await isGone(deployment, team)) || (await keyIdOf(deployment, team)) !== present)) {
      return false;
    }
    throw error;
  }
}

/** Removes keys that look like the team's, left by dead commands or planted by somebody. */
async function discardOthers(deployment: Deployment, team: string, keyId: string | undefined): Promise<void> {
  const { name, description } = identityOf(deployment, team);
  const found = await deployment.apiKeys.find(name, description);
  await concurrently(
    found.filter((id) => id !== keyId),
    (id) => discardKey(deployment, id),
  );
}
