import type { Limits } from '@org/contract';
import type { ProxyConfig } from '@org/infra/config';
import { usageId } from '@org/lambda/usage-id';
import type { MemberName, ScopeName } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { findKeyName } from '../keys/key-names.ts';
import { readAccess } from '../keys/keys.ts';
import { configWithPlans } from '../plans/plans.ts';
import { usableTeam } from '../teams/teams.ts';

/** Whose limits are changed: a team's, those of one of its members, or one key's. */
export type LimitSubject =
  | { readonly team: string; readonly member?: Member | undefined }
  | { readonly key: string };

/** A person, a customer or a model of a team. */
export interface Member {
  readonly kind: MemberName['kind'];
  /**
   * Of a person the `sub` of its token, of a customer what requests name, or for both the id that the log has of it. Of a model
   * its alias.
   */
  readonly name: string;
}

/** A subject with the limits that it has without changes at run time. */
export interface FoundSubject {
  readonly team: string;
  /** Only of a key. */
  readonly key?: string | undefined;
  readonly plan: string;
  /** The scope under which its use is counted. A key shares it with the keys that it replaced. */
  readonly scope: ScopeName;
  /** Of the plan, of the key in the config, or those that the key was made with. */
  readonly base: Limits | undefined;
}

/** @throws {AdminError} If there is no such team, key or model, or it cannot be used. */
export async function findSubject(deployment: Deployment, subject: LimitSubject): Promise<FoundSubject> {
  if ('key' in subject) return findKey(deployment, subject.key);
  const { team, member } = subject;
  const { plan } = await usableTeam(deployment, team);
  const access = (await configWithPlans(deployment)).plans[plan];
  if (!member) return { team, plan, scope: { kind: 'team', id: team }, base: access?.limits };
  const { kind, name } = member;
  const id = kind === 'model' ? name : usageId(name);
  if (id === undefined) throw new AdminError('member_has_no_name', { kind });
  const models = access?.models ?? [];
  if (kind === 'model' && !models.includes(name))
    throw new AdminError('no_such_model', { model: name, plan, models });
  return { team, plan, scope: { kind, team, id }, base: access && memberBase(access, { kind, id }) };
}

/** The limits that a plan gives a member. */
export function memberBase(
  { limitsPerPerson, limitsPerCustomer, limitsPerModel = {} }: ProxyConfig['plans'][string],
  { kind, id }: Pick<MemberName, 'kind' | 'id'>,
): Limits | undefined {
  switch (kind) {
    case 'person':
      return limitsPerPerson;
    case 'customer':
      return limitsPerCustomer;
    case 'model':
      return limitsPerModel[id];
  }
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
