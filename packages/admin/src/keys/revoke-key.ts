import { keyNameKey, replacedKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { findKeyName, type KeyName } from './key-names.ts';
import { discardKey, discardRemains } from './keys.ts';

/** What was revoked. */
export interface Revocation {
  /** Ids of the keys made at run time that are gone. */
  readonly ids: readonly string[];
  /** Id of the key of the config that has the name, too or alone: it is disabled. */
  readonly configId: string | undefined;
}

export interface RevocationOptions {
  readonly name: string;
  /** Only the keys that a newer one replaced: the end of their overlap. Default: all of the name. */
  readonly replacedOnly?: boolean | undefined;
}

/** What there is to revoke. */
interface Found {
  readonly current: KeyName | undefined;
  readonly replaced: readonly KeyName[];
  readonly configId: string | undefined;
}

/** @throws {AdminError} If there is no such key. */
export async function findRevocable(
  deployment: Deployment,
  { name, replacedOnly = false }: RevocationOptions,
): Promise<Found> {
  const { current, replaced } = await findKeyName(deployment, name);
  const configId = replacedOnly ? undefined : deployment.configKeyIds.get(name);
  if (!current && replaced.length === 0 && configId === undefined) {
    throw new AdminError('no_such_key', { key: name, stack: deployment.name });
  }
  return { current, replaced, configId };
}

/**
 * Refuses keys for good. Safe to repeat: what is gone already does no harm.
 *
 * @throws {AdminError} If there is no such key.
 */
export async function revokeKey(deployment: Deployment, options: RevocationOptions): Promise<Revocation> {
  const { current, replaced, configId } = await findRevocable(deployment, options);
  // First, because anyone who repeats this finds it again.
  if (configId !== undefined) await deployment.apiKeys.disable(configId);
  const ids = [...(await revokeAll(deployment, replaced))];
  if (current && !options.replacedOnly) ids.push(...(await revokeCurrent(deployment, current)));
  return { ids, configId };
}

/** Revokes every key of a team. */
export async function revokeKeys(deployment: Deployment, names: readonly KeyName[]): Promise<void> {
  await revokeAll(
    deployment,
    names.filter(({ replaced }) => replaced),
  );
  for (const name of names) {
    if (!name.replaced) await revokeCurrent(deployment, name);
  }
}

async function revokeAll(deployment: Deployment, replaced: readonly KeyName[]): Promise<string[]> {
  const ids: string[] = [];
  for (const { name, keyId } of replaced) {
    if (keyId === undefined) continue;
    await discardKey(deployment, keyId);
    // Last, so that anyone who repeats this finds what is left to do.
    await deployment.table.delete(replacedKey(name, keyId));
    ids.push(keyId);
  }
  return ids;
}

async function revokeCurrent(deployment: Deployment, current: KeyName): Promise<string[]> {
  const { name, keyId, claim } = current;
  if (keyId !== undefined) await discardKey(deployment, keyId);
  await deployment.table.delete(keyNameKey(name));
  // A command that is making a key of the name will find that it has lost it; one that died left its work here.
  if (claim) await discardRemains(deployment, current, []);
  return keyId === undefined ? [] : [keyId];
}
