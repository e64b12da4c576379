import { accessKey, changesKey } from '@org/table';
import { AdminError } from '../admin-error.ts';
import { recordOf } from '../audit/audit.ts';
import { changesOf, writeChanges } from '../audit/changes.ts';
import type { Deployment } from '../deployment.ts';
import { checkEnd, endText } from './key-end.ts';
import { findKeyName } from './key-names.ts';
import { readAccess } from './keys.ts';

/** The keys behind a name: the one of the config, and those made at run time. */
interface NamedKeys {
  readonly name: string;
  readonly team: string;
  readonly configId: string | undefined;
  /** The key that has the name now. */
  readonly currentId: string | undefined;
  /** Keys that it replaced, which may still work. */
  readonly replacedIds: readonly string[];
}

/** @throws {AdminError} If there is no such key, or it was never finished. */
async function keysNamed(deployment: Deployment, name: string): Promise<NamedKeys> {
  const { config, configKeyIds, name: stack } = deployment;
  const owner = Object.entries(config.teams).find(([, { keys }]) => keys.some((key) => key.name === name));
  const { current, replaced } = await findKeyName(deployment, name);
  const team = owner?.[0] ?? current?.team;
  const configId = configKeyIds.get(name);
  if (team === undefined) throw new AdminError('no_such_key', { key: name, stack });
  if (configId === undefined && current?.keyId === undefined)
    throw new AdminError('key_is_incomplete', { key: name, team });
  const replacedIds = replaced.flatMap(({ keyId }) => keyId ?? []);
  return { name, team, configId, currentId: current?.keyId, replacedIds };
}

/**
 * Refuses a key until it is enabled again, or enables it: every key of the name, and the key of the config that it replaced, so
 * that a key in the overlap of a rotation follows. Safe to repeat. A deployment does not undo it. Only what was disabled is
 * enabled: a key that a rotation or a revocation ended stays so.
 *
 * @returns Whether anything is different now.
 * @throws {AdminError} If there is no such key, or the config disables it.
 */
export async function setDisabled(deployment: Deployment, name: string, disabled: boolean): Promise<boolean> {
  const { apiKeys, config, table } = deployment;
  const { team, configId, currentId, replacedIds } = await keysNamed(deployment, name);
  const inConfig = config.teams[team]?.keys.find((key) => key.name === name);
  if (inConfig?.enabled === false && !disabled) throw new AdminError('key_is_disabled', { key: name, team });
  const action = disabled ? 'keys disable' : 'keys enable';
  const state = (value: boolean) => (value ? 'disabled' : 'enabled');
  const record = { action, from: { state: state(!disabled) }, to: { state: state(disabled) } } as const;
  let changed = false;
  if (configId !== undefined) {
    const subject = { team, key: name, scope: { kind: 'key', id: configId } } as const;
    const was = changesOf(await table.get(changesKey(subject.scope)));
    const hasEnded = !was.disabled && (await apiKeys.isEnabled(configId)) === false;
    if (!hasEnded) {
      // First, because the table says until then that there is something to enable.
      if (!disabled && was.disabled) await apiKeys.enable(configId);
      const done = await writeChanges(deployment, subject, (present) => ({
        changes: { ...present, disabled: disabled || undefined },
        record,
      }));
      changed ||= done;
      if (disabled) await apiKeys.disable(configId);
    }
  }
  for (const id of [...replacedIds, ...(currentId === undefined ? [] : [currentId])]) {
    const access = await readAccess(deployment, id);
    const [ofConfig] = [...deployment.configKeyIds].find(([, other]) => other === access?.countedAs) ?? [];
    const follows = id === currentId && ofConfig !== undefined && ofConfig !== name;
    // One that was disabled by its own name stays so, if this one works.
    if (follows && access?.countedAs !== undefined && (disabled || access.disabled)) {
      // Only for the function: a rotation may have ended it with API Gateway, which enabling this one must not undo.
      const subject = { team, key: ofConfig, scope: { kind: 'key', id: access.countedAs } } as const;
      const done = await writeChanges(deployment, subject, (present) => ({
        changes: { ...present, disabled: disabled || undefined },
        record,
      }));
      changed ||= done;
    }
    if (!disabled && access?.disabled) await apiKeys.enable(id);
    if (access && (access.disabled ?? false) !== disabled) {
      const attributes = { disabled: disabled ? 1 : undefined };
      const condition = { disabled: access.disabled ? 1 : undefined };
      const done = await table.transact([
        { kind: 'update', key: accessKey(id), attributes, condition },
        await recordOf(deployment, { ...record, team, key: name }),
      ]);
      changed ||= done;
    }
    // Also if the table says so already: an earlier attempt may have ended before this.
    if (disabled) await apiKeys.disable(id);
  }
  return changed;
}

/**
 * Gives a key another end, or none. Keys that it replaced keep theirs.
 *
 * @param at Milliseconds since 1970. Undefined: none.
 * @returns Whether anything is different now.
 * @throws {AdminError} If there is no such key, the end is over, or a rotation of the key is not finished.
 */
export async function setExpiry(
  deployment: Deployment,
  name: string,
  at: number | undefined,
): Promise<boolean> {
  const { now, table } = deployment;
  checkEnd(at, now());
  const { team, configId, currentId } = await keysNamed(deployment, name);
  const until = at === undefined ? undefined : Math.floor(at / 1000);
  const record = (from: number | undefined) =>
    ({ action: 'keys expire', from: endText(from), to: endText(until) }) as const;
  let changed = false;
  if (configId !== undefined) {
    const subject = { team, key: name, scope: { kind: 'key', id: configId } } as const;
    changed = await writeChanges(deployment, subject, (present) => ({
      changes: { ...present, until },
      record: record(present.until),
    }));
  }
  if (currentId === undefined) return changed;
  const access = await readAccess(deployment, currentId);
  if (!access) throw new AdminError('key_is_incomplete', { key: name, team });
  // A rotation has ended it, and has not given its name to the new key yet.
  if (access.until !== access.expiry) throw new AdminError('key_is_being_made', { key: name });
  if (access.until === until) return changed;
  const done = await table.transact([
    {
      kind: 'update',
      key: accessKey(currentId),
      attributes: { until, expiry: until },
      condition: { until: access.until },
    },
    await recordOf(deployment, { ...record(access.until), team, key: name }),
  ]);
  if (!done) throw new AdminError('changed_by_others', { subject: name });
  return true;
}
