import { randomUUID } from 'node:crypto';
import { type Attributes, type Item, KeyNameItem, keyNameKey, listOf, replacedBefore } from '@org/table';
import { AdminError } from '../admin-error.ts';
import type { Deployment } from '../deployment.ts';
import type { Write } from '../table.ts';

/**
 * A key name's item. All are in one partition, which lists the keys and makes names unique. A replaced key has its
 * own item beside that of its name.
 */
export interface KeyName {
  readonly name: string;
  readonly team: string;
  /** Undefined while the name's first key is being made. */
  readonly keyId: string | undefined;
  /** Whether a newer key has the name now. */
  readonly replaced: boolean;
  /** The command that is making a key of the name. */
  readonly claim: { readonly run: string; readonly at: number } | undefined;
}

/** A command that is silent this long has died, because its calls to AWS take seconds. */
const claimLastsMs = 120_000;

/** Names with their replaced keys, in order. */
export async function listKeyNames({ table }: Deployment): Promise<KeyName[]> {
  return (await table.query(listOf.keys)).map(keyNameOf);
}

/** Names of all keys by id, those that were replaced and those of the config among them. */
export async function keyNamesById(deployment: Deployment): Promise<Map<string, string>> {
  const made = await listKeyNames(deployment);
  return new Map([
    ...[...deployment.configKeyIds].map(([name, id]): [string, string] => [id, name]),
    ...made.flatMap(({ name, keyId }): [string, string][] => (keyId === undefined ? [] : [[keyId, name]])),
  ]);
}

/** A name and its replaced keys. */
export async function findKeyName(
  { table }: Deployment,
  name: string,
): Promise<{ readonly current: KeyName | undefined; readonly replaced: readonly KeyName[] }> {
  const [item, replaced] = await Promise.all([
    table.get(keyNameKey(name)),
    table.query(listOf.keys, replacedBefore(name)),
  ]);
  const current = item && keyNameOf(item);
  return {
    current,
    // A command that died while replacing a key has left it in both places.
    replaced: replaced.map(keyNameOf).filter(({ keyId }) => keyId !== current?.keyId),
  };
}

/** The right to give a name its key: no other command has it at the same time. */
export interface Claim {
  /** Whether another command had it and died, so that remains of its work may exist. */
  readonly inherited: boolean;
  /**
   * Gives the name its key, for good.
   *
   * @param record Of the change.
   * @throws {AdminError} If another command took over, having found this one silent for too long.
   */
  finish(keyId: string, record: Write): Promise<void>;
  /** Gives the claim back; the name is as it was before. */
  release(): Promise<void>;
}

/**
 * Claims a name for its first key.
 *
 * @throws {AdminError} If the name has a key, or another command is making it.
 */
export async function claimNewName(deployment: Deployment, name: string, team: string): Promise<Claim> {
  const { table, now } = deployment;
  const run = randomUUID();
  const attributes = { team, run, runAt: now() };
  const release = async () => void (await table.delete(keyNameKey(name), { run }));
  if (await table.put(keyNameKey(name), attributes, 'absent')) {
    return claimOf(deployment, name, run, { inherited: false, release });
  }
  const { current } = await findKeyName(deployment, name);
  if (current?.keyId !== undefined) {
    throw new AdminError('key_exists', { key: name, team: current.team });
  }
  const inherited = await takeOver(deployment, name, current, attributes);
  return claimOf(deployment, name, run, { inherited, release });
}

/**
 * Claims a name in order to replace its key.
 *
 * @throws {AdminError} If another command is making a key of the name.
 */
export async function claimForReplacement(
  deployment: Deployment,
  current: KeyName & { readonly keyId: string },
): Promise<Claim> {
  const { table, now } = deployment;
  const { name, keyId } = current;
  const run = randomUUID();
  const inherited = await takeOver(deployment, name, current, { keyId, run, runAt: now() });
  const release = async () =>
    void (await table.update(keyNameKey(name), { run: undefined, runAt: undefined }, { run }));
  return claimOf(deployment, name, run, { inherited, release });
}

/** Gives a claim back if its work fails. */
export async function orRelease<Value>(claim: Claim, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    // A claim that cannot be given back ends by itself.
    await claim.release().catch(() => {});
    throw error;
  }
}

function claimOf(
  { table }: Deployment,
  name: string,
  run: string,
  { inherited, release }: Pick<Claim, 'inherited' | 'release'>,
): Claim {
  return {
    inherited,
    release,
    async finish(keyId, record) {
      const attributes = { keyId, run: undefined, runAt: undefined };
      const key = keyNameKey(name);
      if (await table.transact([{ kind: 'update', key, attributes, condition: { run } }, record])) return;
      // An earlier attempt that seemed to fail may have done it.
      if ((await table.get(key))?.['keyId']?.S === keyId) return;
      throw new AdminError('key_is_being_made', { key: name });
    },
  };
}

/** @returns Whether there was a claim to take over. */
async function takeOver(
  { table, now }: Deployment,
  name: string,
  current: KeyName | undefined,
  attributes: Attributes,
): Promise<boolean> {
  const claim = current?.claim;
  if (claim && claim.at + claimLastsMs > now() && claim.run !== attributes['run'])
    throw new AdminError('key_is_being_made', { key: name });
  const unchanged = { run: claim?.run, keyId: current?.keyId };
  if (!(await table.update(keyNameKey(name), attributes, unchanged)))
    throw new AdminError('key_is_being_made', { key: name });
  return claim !== undefined;
}

function keyNameOf(item: Item): KeyName {
  const { team, keyId, run, runAt = 0 } = KeyNameItem.parse(item);
  const [name = '', replacedId] = (item['sk']?.S ?? '').split('#');
  return {
    name,
    team,
    keyId,
    replaced: replacedId !== undefined,
    claim: run === undefined ? undefined : { run, at: runAt },
  };
}
