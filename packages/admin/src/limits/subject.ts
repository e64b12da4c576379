import type { Limits } from '@org/contract';
import type { ScopeName } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { findKeyName } from '../keys/key-names.ts';
import { readAccess } from '../keys/keys.ts';
import { usableTeam } from '../teams/teams.ts';

/** Whose limits are changed: a team's, or one key's. */
export type LimitSubject = { readonly team: string } | { readonly key: string };

/** A subject with the limits that it has without changes at run time. */
export interface FoundSubject {
  readonly team: string;
  /** Undefined for a team. */
  readonly key?: string | undefined;
  readonly plan: string;
  /** The scope under which its use is counted. A key shares it with the keys that it replaced. */
  readonly scope: ScopeName;
  /** Of the team's plan, of the key in the config, or those that the key was made with. */
  readonly base: Limits | undefined;
}

/** @throws {AdminError} If there is no such team or key, or it cannot be used. */
export async function findSubject(deployment: Deployment, subject: LimitSubject): Promise<FoundSubject> {
  return 'team' in subject ? findTeam(deployment, subject.team) : findKey(deployment, subject.key);
}

async function findTeam(deployment: Deployment, name: string): Promise<FoundSubject> {
  const { plan } = await usableTeam(deployment, name);
  const base = deployment.config.plans[plan]?.limits;
  return { team: name, plan, scope: { kind: 'team', id: name }, base };
}

async function findKey(deployment: Deployment, name: string): Promise<FoundSubject> {
  const { config, configKeyIds, name: stack } = deployment;
  const configId = configKeyIds.get(name);
  for (const [team, { plan, keys }] of Object.entries(config.teams)) {
    const key = keys.find((each) => each.name === name);
    if (!key || configId === undefined) continue;
    return { team, key: name, plan, scope: { kind: 'key', id: configId }, base: key.limits };
  }
  const { current } = await findKeyName(deployment, name);
  if (!current) throw new AdminError('no_such_key', { key: name, stack });
  const { team, keyId } = current;
  const access = keyId === undefined ? undefined : await readAccess(deployment, keyId);
  if (keyId === undefined || !access) throw new AdminError('key_is_incomplete', { key: name, team });
  const { plan } = await usableTeam(deployment, team);
  const id = access.countedAs ?? keyId;
  return { team, key: name, plan, scope: { kind: 'key', id }, base: access.limits };
}
