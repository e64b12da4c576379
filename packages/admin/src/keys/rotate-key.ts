import { replacedKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { usableTeam } from '../teams/teams.ts';
import { createKey, finishKey, type NewKey } from './create-key.ts';
import { claimForReplacement, findKeyName, type KeyName, orRelease } from './key-names.ts';
import { discardKey, discardRemains, endKey, type KeyDraft, readAccess } from './keys.ts';

/** What became of the key that was replaced. */
export interface Replaced {
  readonly name: string;
  readonly id: string;
  readonly source: 'config' | 'run-time';
  /** ISO 8601. Undefined for a key of the config, which works until the config disables it. */
  readonly endsAt: string | undefined;
  /** Whether API Gateway refuses it already. */
  readonly disabled: boolean;
}

export interface Rotation {
  readonly key: NewKey;
  readonly replaced: Replaced;
}

export interface RotationOptions {
  readonly name: string;
  /** How long the old key goes on working, in milliseconds; `now`: not at all. */
  readonly overlap: number | 'now';
  /** Name of the new key, where the old one is of the config, which has the name. Default: `{name}-2`. */
  readonly as?: string | undefined;
}

/**
 * Replaces a key by a new one with the same team and limits, which go on counting where they are.
 *
 * @throws {AdminError} If there is no such key, the config disables it, or another command is making one of the name.
 */
export async function rotateKey(deployment: Deployment, options: RotationOptions): Promise<Rotation> {
  const { name } = options;
  const { current, replaced } = await findKeyName(deployment, name);
  if (current === undefined) return rotateConfigKey(deployment, options);
  if (current.keyId === undefined)
    throw new AdminError('key_is_incomplete', { key: name, team: current.team });
  if (options.as !== undefined) throw new AdminError('key_keeps_its_name', { key: name });
  return replace(deployment, { ...current, keyId: current.keyId }, replaced, options.overlap);
}

async function replace(
  deployment: Deployment,
  current: KeyName & { readonly keyId: string },
  replaced: readonly KeyName[],
  overlap: RotationOptions['overlap'],
): Promise<Rotation> {
  const { apiKeys, table, now } = deployment;
  const { name, keyId, team } = current;
  const claim = await claimForReplacement(deployment, current);
  const draft = await orRelease(claim, async (): Promise<KeyDraft> => {
    const { plan } = await usableTeam(deployment, team);
    const known = [keyId, ...replaced.map((each) => each.keyId)];
    if (claim.inherited) await discardRemains(deployment, { name, team }, known);
    const old = await readAccess(deployment, keyId);
    // Its limits are not known, so it cannot be replaced by one that has them.
    if (!old) throw new AdminError('key_is_incomplete', { key: name, team });
    return { name, team, plan, limits: old.limits, countedAs: old.countedAs ?? keyId };
  });
  const immediately = overlap === 'now';
  const endsAt = Math.floor((now() + (immediately ? 0 : overlap)) / 1000) * 1000;
  // The end of the old key comes before the name of the new one: a key that is replaced always has an end.
  const key = await finishKey(deployment, claim, draft, async () => {
    await table.put(replacedKey(name, keyId), { team, keyId });
    await endKey(deployment, keyId, endsAt);
    if (immediately) await apiKeys.disable(keyId);
  });
  await discardReplaced(deployment, name, replaced, { endedOnly: !immediately });
  return {
    key,
    replaced: {
      name,
      id: keyId,
      source: 'run-time',
      endsAt: new Date(endsAt).toISOString(),
      disabled: immediately,
    },
  };
}

/**
 * Removes the keys of earlier rotations: those that have ended, because API Gateway has room for only so many; or
 * all, because nobody knows which of them leaked.
 */
async function discardReplaced(
  deployment: Deployment,
  name: string,
  replaced: readonly KeyName[],
  { endedOnly }: { readonly endedOnly: boolean },
): Promise<void> {
  for (const { keyId } of replaced) {
    if (keyId === undefined) continue;
    const { until } = (await readAccess(deployment, keyId)) ?? { until: 0 };
    const ended = until !== undefined && until * 1000 <= deployment.now();
    if (endedOnly && !ended) continue;
    await discardKey(deployment, keyId);
    await deployment.table.delete(replacedKey(name, keyId));
  }
}

/** The template owns keys of the config: they are replaced by keys made at run time, and ended by the config. */
async function rotateConfigKey(deployment: Deployment, options: RotationOptions): Promise<Rotation> {
  const { config, configKeyIds, apiKeys } = deployment;
  const { name, overlap, as = `${name}-2` } = options;
  const found = Object.entries(config.teams).flatMap(([team, { keys }]) =>
    keys.flatMap((key) => (key.name === name ? [{ team, ...key }] : [])),
  );
  const [entry] = found;
  const id = configKeyIds.get(name);
  if (!entry || id === undefined) {
    throw new AdminError('no_such_key', { key: name, stack: deployment.name });
  }
  const { team, limits, enabled } = entry;
  const { current: present } = await findKeyName(deployment, as);
  if (present?.keyId !== undefined) throw new AdminError('key_was_replaced', { key: name, by: as });
  if (!enabled) throw new AdminError('key_is_disabled', { key: name, team });
  const key = await createKey(deployment, { name: as, team, limits, countedAs: id });
  const disabled = overlap === 'now';
  if (disabled) await apiKeys.disable(id);
  return { key, replaced: { name, id, source: 'config', endsAt: undefined, disabled } };
}
