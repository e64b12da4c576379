import { type Access, changesKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { changesOf } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { findKeyName } from './key-names.ts';
import { readAccess } from './keys.ts';

/**
 * The value of a key that works, for a call with it. Handle it as a secret: it opens the API to anyone who has it.
 *
 * @throws {AdminError} If there is no such key, or it is disabled, over or incomplete.
 */
export async function valueOfKey(deployment: Deployment, name: string): Promise<string> {
  const { apiKeys, configKeyIds, table } = deployment;
  const configId = configKeyIds.get(name);
  if (configId !== undefined) {
    const changes = changesOf(await table.get(changesKey({ kind: 'key', id: configId })));
    checkState(name, changes, deployment.now());
    return readValue(apiKeys, configId, name);
  }
  const { current } = await findKeyName(deployment, name);
  if (!current) throw new AdminError('no_such_key', { key: name, stack: deployment.name });
  const { keyId, team } = current;
  const access = keyId === undefined ? undefined : await readAccess(deployment, keyId);
  if (keyId === undefined || !access) throw new AdminError('key_is_incomplete', { key: name, team });
  checkState(name, access, deployment.now());
  return readValue(apiKeys, keyId, name);
}

function checkState(
  key: string,
  { disabled, until = Number.POSITIVE_INFINITY }: Pick<Access, 'disabled' | 'until'>,
  now: number,
): void {
  if (disabled) throw new AdminError('key_was_disabled', { key });
  if (until * 1000 <= now) throw new AdminError('key_has_expired', { key });
}

async function readValue(apiKeys: Deployment['apiKeys'], id: string, key: string): Promise<string> {
  const { value, enabled } = await apiKeys.read(id);
  if (!enabled) throw new AdminError('key_was_disabled', { key });
  return value;
}
