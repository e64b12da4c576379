import { keyNameKey, replacedKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import type { Deployment } from '../deployment.ts';
import type { Write } from '../table.ts';
import { findKeyName, type KeyName } from './key-names.ts';
import { discardKey, discardRemains } from './keys.ts';

/** The revoked keys. */
export interface Revocation {
  /** Ids of the removed keys made at run time. */
  readonly ids: readonly string[];
  /** Id of the config's key of this name, if there is one: it is disabled. */
  readonly configId: string | undefined;
}

export interface RevocationOptions {
  readonly name: string;
  /** Only replaced keys: this ends their overlap. Default: all keys of the name. */
  readonly replacedOnly?: boolean | undefined;
}

/** The keys to revoke. */
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
 * Refuses keys for good. Safe to repeat: keys that are already gone do no harm.
 *
 * @throws {AdminError} If there is no such key.
 */
export async function revokeKey(deployment: Deployment, options: RevocationOptions): Promise<Revocation> {
  const { current, replaced, configId } = await findRevocable(deployment, options);
  // First, because a repeated command finds it again.
  if (configId !== undefined) {
    const { name } = options;
    const team = Object.entries(deployment.config.teams).find(([, { keys }]) =>
      keys.some((key) => key.name === name),
    )?.[0];
    // API Gateway has no transaction with the table, so the record is first.
    if (team !== undefined && (await deployment.apiKeys.isEnabled(configId)))
      await deployment.table.transact([await revocationOf(deployment, { name, team, keyId: configId })]);
    await deployment.apiKeys.disable(configId);
  }
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
  for (const { name, team, keyId } of replaced) {
    if (keyId === undefined) continue;
    await discardKey(deployment, keyId, await revocationOf(deployment, { name, team, keyId }));
    // Last, so that a repeated command finds the remaining work.
    await deployment.table.delete(replacedKey(name, keyId));
    ids.push(keyId);
  }
  return ids;
}

function revocationOf(
  deployment: Deployment,
  { name, team, keyId }: { readonly name: string; readonly team: string; readonly keyId: string },
): Promise<Write> {
  return recordOf(deployment, { action: 'keys revoke', team, key: name, from: { id: keyId } });
}

async function revokeCurrent(deployment: Deployment, current: KeyName): Promise<string[]> {
  const { name, team, keyId, claim } = current;
  if (keyId !== undefined) {
    await discardKey(deployment, keyId, await revocationOf(deployment, { name, team, keyId }));
  }
  await deployment.table.delete(keyNameKey(name));
  // A command that is making a key of the name will find its claim gone; a dead one left its work here.
  if (claim) await discardRemains(deployment, current, []);
  return keyId === undefined ? [] : [keyId];
}
