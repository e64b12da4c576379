import { accessKey, replacedKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import { usableTeam } from '../teams/teams.ts';
import { claimKey, finishKey, type NewKey } from './create-key.ts';
import { claimForReplacement, findKeyName, type KeyName, listKeyNames, orRelease } from './key-names.ts';
import { discardKey, discardRemains, endKey, type KeyDraft, readAccess } from './keys.ts';

/** A key that was replaced, and what became of it. */
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
  /** The old key; and keys of the config that have its name too, or that it took over from. */
  readonly replaced: readonly Replaced[];
}

export interface RotationOptions {
  readonly name: string;
  /** How long the old key goes on working, in milliseconds; `now`: not at all, nor those of earlier rotations. */
  readonly overlap: number | 'now';
  /** Name of the new key, where the old one is of the config, which has the name. Default: `{name}-2`. */
  readonly as?: string | undefined;
}

/**
 * Replaces a key by a new one with the same team and limits, which go on counting where they are. What has to end at
 * once does so before there is a new key, so that running it again finishes whatever an attempt left undone.
 *
 * @throws {AdminError} If there is no such key, the config disables it, or another command is making one of the name.
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
    // Its limits are not known, so it cannot be replaced by one that has them.
    if (!access) throw new AdminError('key_is_incomplete', { key: name, team });
    const { limits, countedAs = keyId, until = Number.POSITIVE_INFINITY } = access;
    // An attempt that broke off may have ended it already: it does not get a later end.
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
    const wanted: KeyDraft = { name, team, plan, limits, countedAs };
    return { draft: wanted, end: immediately ? undefined : endOld, old: [own, ...ended] };
  });
  // The end of the old key comes before the name of the new one: a key that is replaced always has an end.
  return { key: await finishKey(deployment, claim, draft, end), replaced: old };
}

/**
 * Removes the keys of earlier rotations: those that have ended, because API Gateway has room for only so many; or
 * all, because nobody knows which of them leaked.
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

/** The template owns keys of the config: they are replaced by keys made at run time, and ended by the config. */
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
  const { team, limits, enabled } = entry;
  if (!enabled) throw new AdminError('key_is_disabled', { key: name, team });
  const immediately = overlap === 'now';
  const { current, replaced } = await findKeyName(deployment, as);
  if (current?.keyId !== undefined) {
    const successor = await readAccess(deployment, current.keyId);
    if (successor?.countedAs !== id) throw new AdminError('new_name_is_taken', { key: name, by: as });
    if (!immediately) throw new AdminError('key_was_replaced', { key: name, by: as });
    return replace(deployment, { current, replaced }, overlap);
  }
  const other = await successorOf(deployment, id);
  if (other !== undefined) throw new AdminError('key_was_replaced', { key: name, by: other });
  const { claim, draft } = await claimKey(deployment, { name: as, team, limits, countedAs: id });
  const old = await orRelease(claim, () => endConfigKeys(deployment, [[name, id]], immediately));
  return { key: await finishKey(deployment, claim, draft), replaced: old };
}

/** The name of a key made at run time that took over from a key of the config, if there is one. */
async function successorOf(deployment: Deployment, id: string): Promise<string | undefined> {
  const names = (await listKeyNames(deployment)).filter(({ replaced }) => !replaced);
  const items = await deployment.table.getAll(names.map(({ keyId }) => accessKey(keyId ?? '')));
  return names.find((_, index) => items[index]?.['countedAs']?.S === id)?.name;
}

/** Disables keys of the config where they have to end at once, and says which of them work. */
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
