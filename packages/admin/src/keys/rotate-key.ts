import { type Access, accessKey, changesKey, replacedKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { changesOf } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { usableTeam } from '../teams/teams.ts';
import { claimKey, finishKey, type NewKey } from './create-key.ts';
import { claimForReplacement, findKeyName, type KeyName, listKeyNames, orRelease } from './key-names.ts';
import { discardKey, discardRemains, endKey, type KeyDraft, readAccess } from './keys.ts';
import { revokeKey } from './revoke-key.ts';

/** A replaced key and its state. */
export interface Replaced {
  readonly name: string;
  readonly id: string;
  readonly source: 'config' | 'run-time';
  /** ISO 8601. Undefined for a key of the config, which works until it is disabled. */
  readonly endsAt: string | undefined;
  /** Whether API Gateway refuses it already. */
  readonly disabled: boolean;
}

export interface Rotation {
  readonly key: NewKey;
  /** The old key, and keys of the config that have the same name or that it replaced. */
  readonly replaced: readonly Replaced[];
}

export interface RotationOptions {
  readonly name: string;
  /** How long the old key still works, in milliseconds; `now`: not at all, nor keys of earlier rotations. */
  readonly overlap: number | 'now';
  /** Name of the new key, if the old key is in the config, which keeps the name. Default: `{name}-2`. */
  readonly as?: string | undefined;
}

/**
 * Replaces a key by a new one with the same team and limits, which keep their counts. Keys that must end at once
 * end before the new key is made, so that running it again finishes an incomplete attempt.
 *
 * @throws {AdminError} If there is no such key, the config disables it, or another command is making a key of the name.
 */
export async function rotateKey(deployment: Deployment, options: RotationOptions): Promise<Rotation> {
  const { name, overlap } = options;
  const { current, replaced } = await findKeyName(deployment, name);
  if (current === undefined) return rotateConfigKey(deployment, options);
  if (options.as !== undefined) throw new AdminError('key_keeps_its_name', { key: name });
  return replace(deployment, { current, replaced }, overlap);
}

async function replace(
  deployment: Deployment,
  { current, replaced }: { readonly current: KeyName; readonly replaced: readonly KeyName[] },
  overlap: RotationOptions['overlap'],
): Promise<Rotation> {
  const { apiKeys, configKeyIds, table, now } = deployment;
  const { name, keyId, team } = current;
  if (keyId === undefined) throw new AdminError('key_is_incomplete', { key: name, team });
  const immediately = overlap === 'now';
  const claim = await claimForReplacement(deployment, { ...current, keyId });

  const { draft, end, old } = await orRelease(claim, async () => {
    const { plan } = await usableTeam(deployment, team);
    const known = [keyId, ...replaced.map((each) => each.keyId)];
    if (claim.inherited) await discardRemains(deployment, { name, team }, known);
    const access = await readAccess(deployment, keyId);
    // Its limits are not known, so a new key could not have them.
    if (!access) throw new AdminError('key_is_incomplete', { key: name, team });
    const { limits, owner, note, expiry, countedAs = keyId, until = Number.POSITIVE_INFINITY } = access;
    checkRotatable(name, access, now());
    // An attempt that broke off may have ended it already: do not set a later end.
    const endsAt = Math.min(until, Math.floor((now() + (immediately ? 0 : overlap)) / 1000)) * 1000;
    const endOld = async () => {
      await table.put(replacedKey(name, keyId), { team, keyId });
      await endKey(deployment, keyId, endsAt);
      if (immediately) await apiKeys.disable(keyId);
    };
    const ofConfig = [...configKeyIds].filter(([other, id]) => other === name || id === countedAs);
    const ended = await endConfigKeys(deployment, ofConfig, immediately);
    if (immediately) await endOld();
    await discardReplaced(deployment, replaced, { endedOnly: !immediately });
    const own: Replaced = {
      name,
      id: keyId,
      source: 'run-time',
      endsAt: new Date(endsAt).toISOString(),
      disabled: immediately,
    };
    const wanted: KeyDraft = { name, team, plan, limits, countedAs, owner, note, expiry };
    return { draft: wanted, end: immediately ? undefined : endOld, old: [own, ...ended] };
  });
  // End the old key before the new one gets its name, so that a replaced key always has an end.
  return { key: await finishKey(deployment, claim, draft, 'keys rotate', end), replaced: old };
}

/**
 * Removes the keys of earlier rotations: the ended ones, because API Gateway limits the number of keys; or
 * all, because it is not known which of them leaked.
 */
async function discardReplaced(
  deployment: Deployment,
  replaced: readonly KeyName[],
  { endedOnly }: { readonly endedOnly: boolean },
): Promise<void> {
  for (const { name, keyId } of replaced) {
    if (keyId === undefined) continue;
    const { until } = (await readAccess(deployment, keyId)) ?? { until: 0 };
    const ended = until !== undefined && until * 1000 <= deployment.now();
    if (endedOnly && !ended) continue;
    await discardKey(deployment, keyId);
    await deployment.table.delete(replacedKey(name, keyId));
  }
}

/** @throws {AdminError} If an operator has disabled the key, or it has expired: the new key would work again, or never. */
function checkRotatable(
  key: string,
  { disabled, expiry = Number.POSITIVE_INFINITY }: Pick<Access, 'disabled' | 'expiry'>,
  now: number,
): void {
  if (disabled) throw new AdminError('key_was_disabled', { key });
  if (expiry * 1000 <= now) throw new AdminError('key_has_expired', { key });
}

/** The template owns keys of the config: a key made at run time replaces them, and the config ends them. */
async function rotateConfigKey(deployment: Deployment, options: RotationOptions): Promise<Rotation> {
  const { config, configKeyIds } = deployment;
  const { name, overlap, as = `${name}-2` } = options;
  const found = Object.entries(config.teams).flatMap(([team, { keys }]) =>
    keys.flatMap((key) => (key.name === name ? [{ team, ...key }] : [])),
  );
  const [entry] = found;
  const id = configKeyIds.get(name);
  if (!entry || id === undefined) {
    throw new AdminError('no_such_key', { key: name, stack: deployment.name });
  }
  const { team, limits, owner, note, enabled } = entry;
  if (!enabled) throw new AdminError('key_is_disabled', { key: name, team });
  const changes = changesOf(await deployment.table.get(changesKey({ kind: 'key', id })));
  checkRotatable(name, { ...changes, expiry: changes.until }, deployment.now());
  const immediately = overlap === 'now';
  const { current, replaced } = await findKeyName(deployment, as);
  if (current?.keyId !== undefined) {
    const successor = await readAccess(deployment, current.keyId);
    if (successor?.countedAs !== id) throw new AdminError('new_name_is_taken', { key: name, by: as });
    if (!immediately) throw new AdminError('key_was_replaced', { key: name, by: as });
    return replace(deployment, { current, replaced }, overlap);
  }
  const [other] = await successorsOf(deployment, id);
  if (other !== undefined) throw new AdminError('key_was_replaced', { key: name, by: other });
  const { claim, draft } = await claimKey(deployment, {
    ...{ name: as, team, limits, countedAs: id },
    ...{ owner, note, expiry: changes.until },
  });
  const old = await orRelease(claim, () => endConfigKeys(deployment, [[name, id]], immediately));
  const key = await finishKey(deployment, claim, draft, 'keys rotate');
  // A claim is on one name. So a command for another name may have found no successor either: the last to look gives way.
  if ((await successorsOf(deployment, id)).length > 1) {
    await revokeKey(deployment, { name: as });
    throw new AdminError('key_is_being_made', { key: name });
  }
  return { key, replaced: old };
}

/** The names of keys made at run time that took over from a key of the config. */
async function successorsOf(deployment: Deployment, id: string): Promise<string[]> {
  const names = (await listKeyNames(deployment)).filter(({ replaced }) => !replaced);
  const items = await deployment.table.getAll(names.map(({ keyId }) => accessKey(keyId ?? '')));
  return names.flatMap(({ name }, index) => (items[index]?.['countedAs']?.S === id ? [name] : []));
}

/** Disables keys of the config that must end at once, and reports which of them work. */
async function endConfigKeys(
  { apiKeys }: Deployment,
  keys: readonly (readonly [name: string, id: string])[],
  immediately: boolean,
): Promise<Replaced[]> {
  const ended: Replaced[] = [];
  for (const [name, id] of keys) {
    if (immediately) await apiKeys.disable(id);
    const enabled = !immediately && (await apiKeys.isEnabled(id)) === true;
    ended.push({ name, id, source: 'config', endsAt: undefined, disabled: !enabled });
  }
  return ended;
}
