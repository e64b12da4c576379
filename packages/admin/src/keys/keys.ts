import type { Limits } from '@org/contract';
import {
  type Access,
  AccessItem,
  type Attributes,
  accessAttributes,
  accessKey,
  changesKey,
  type Item,
  limitsInForce,
} from '@org/table';
import * as z from 'zod/mini';
import { changesOf } from '../audit/changes.ts';
import type { MadeApiKey } from '../aws/api-keys.ts';
import { concurrently } from '../concurrently.ts';
import type { Deployment } from '../deployment.ts';
import type { Write } from '../table.ts';
import { type KeyName, listKeyNames } from './key-names.ts';

/**
 * State of a key: `ending` works until `endsAt`; `ended` no longer works; `disabled` is refused until it is enabled; `incomplete`
 * was never finished, or cannot be read, and opens nothing; `orphaned` is refused because its team has left the config.
 */
export type KeyState = 'active' | 'ending' | 'ended' | 'disabled' | 'incomplete' | 'orphaned';

/** Words about a key, for people. */
export interface KeyTexts {
  /** Who answers for it. */
  readonly owner?: string | undefined;
  /** What it is for. */
  readonly note?: string | undefined;
}

/** A key as it is listed: without its value. */
export interface KeyRecord extends KeyTexts {
  readonly name: string;
  readonly id: string | undefined;
  readonly team: string;
  readonly plan: string | undefined;
  readonly source: 'config' | 'run-time';
  readonly state: KeyState;
  /** Whether a newer key has the name now. */
  readonly replaced: boolean;
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
  /** ISO 8601. */
  readonly endsAt?: string | undefined;
  /** The key's own limits, as it was made with them, or as the config has them. */
  readonly limits?: Limits | undefined;
  /** Id of the key that it replaced, whose counts its limits continue. */
  readonly countedAs?: string | undefined;
}

/** A key with its own limits that are in force. */
export interface LimitedKey extends KeyRecord {
  /** With what operators changed at run time. */
  readonly limitsInForce: Limits | undefined;
  /** Whether an operator changed them, and the change is not over. */
  readonly limitsChanged: boolean;
}

/** A key to make. */
export interface KeyDraft extends KeyTexts {
  readonly name: string;
  readonly team: string;
  readonly plan: string;
  readonly limits?: Limits | undefined;
  /** Id of the key that it replaces. */
  readonly countedAs?: string | undefined;
  /** The end that an operator gives it: seconds since 1970. Default: none. */
  readonly expiry?: number | undefined;
}

/** Distinguishes keys made here from all others of the account. */
function descriptionOf({ name }: Deployment, team: string): string {
  return `${name}: team ${team}, made at run time`;
}

/** Makes a key for a team. */
export function makeKey(deployment: Deployment, draft: KeyDraft): Promise<MadeApiKey> {
  const { team, plan, ...rest } = draft;
  const { name } = rest;
  const createdAt = new Date(deployment.now()).toISOString();
  return makeApiKey(deployment, {
    name,
    description: descriptionOf(deployment, team),
    plan,
    access: { ...rest, team, plan: ownPlan(deployment, team, plan), until: rest.expiry, createdAt },
  });
}

/** The facts about a new key that API Gateway and the function need. */
interface ApiKeyDraft {
  readonly name: string;
  readonly description: string;
  readonly plan: string;
  readonly access: Access;
}

/**
 * The plan in a key's own item. For a team of the config there is none, so that the key ends with the team's entry
 * there, and does not fall back to an earlier plan.
 */
export function ownPlan({ config }: Deployment, team: string, plan: string): string | undefined {
  return Object.hasOwn(config.teams, team) ? undefined : plan;
}

/**
 * Makes a key that is ready for use. It joins a usage plan last, and opens nothing before. So no working key lacks
 * a team and limits.
 */
export async function makeApiKey(deployment: Deployment, draft: ApiKeyDraft): Promise<MadeApiKey> {
  const { apiKeys, table, plans } = deployment;
  const { name, description, plan, access } = draft;
  const made = await apiKeys.create(name, description);
  try {
    await table.put(accessKey(made.id), accessAttributes(access));
    await plans.add(made.id, plan);
    return made;
  } catch (error) {
    // If this fails too, the next command that makes a key of the name finds the remains.
    await discardKey(deployment, made.id).catch(() => {});
    throw error;
  }
}

/**
 * Removes a key for good: the function refuses it after a minute, API Gateway as soon as it has spread the change.
 *
 * @param record Of the change. Left out for a key that never worked, or no longer does.
 */
export async function discardKey(
  { apiKeys, table }: Deployment,
  keyId: string,
  record?: Write,
): Promise<void> {
  const key = accessKey(keyId);
  if (record) await table.transact([{ kind: 'delete', key, condition: 'present' }, record]);
  else await table.delete(key);
  await apiKeys.delete(keyId);
}

/** Removes keys of a name that killed commands left behind, except known keys. */
export async function discardRemains(
  deployment: Deployment,
  { name, team }: Pick<KeyDraft, 'name' | 'team'>,
  known: readonly (string | undefined)[],
): Promise<void> {
  const ids = await deployment.apiKeys.find(name, descriptionOf(deployment, team));
  await concurrently(
    ids.filter((id) => !known.includes(id)),
    (id) => discardKey(deployment, id),
  );
}

export async function readAccess({ table }: Deployment, keyId: string): Promise<Access | undefined> {
  return accessOf(await table.get(accessKey(keyId)));
}

/** Also undefined for an item that the function cannot read and so refuses: its key opens nothing. */
function accessOf(item: Item | undefined): Access | undefined {
  return item && z.safeParse(AccessItem, item).data;
}

/** Refuses a key from a moment on: exactly then, if that is at least a minute away. */
export function endKey({ table }: Deployment, keyId: string, at: number): Promise<boolean> {
  return changeAccess(table, keyId, { until: Math.floor(at / 1000) });
}

/** Changes a key's item, if it has one. */
export function changeAccess(
  table: Deployment['table'],
  keyId: string,
  attributes: Attributes,
): Promise<boolean> {
  return table.update(accessKey(keyId), attributes, 'present');
}

/**
 * Keys of the config, then those made at run time, in the order of their names; a replaced key after its name. It asks API
 * Gateway once for each key of the config.
 *
 * @param only The keys of this team. Default: of all teams.
 */
export async function listKeys(deployment: Deployment, only?: string): Promise<LimitedKey[]> {
  const [deployed, made] = await Promise.all([
    configKeys(deployment, only),
    listRunTimeKeys(deployment, only),
  ]);
  const keys = [...deployed, ...made];
  // A key shares its limits with those that it replaced.
  const places = keys.map(({ id = '', countedAs = id }) => changesKey({ kind: 'key', id: countedAs }));
  const items = await deployment.table.getAll(places);
  const now = deployment.now();
  return keys.map((key, index) => {
    const { limits, raises = [] } = changesOf(items[index]);
    return {
      ...key,
      limitsInForce: limitsInForce(key.limits, { limits, raises }, now),
      limitsChanged: limits !== undefined || raises.some(({ until }) => now < until * 1000),
    };
  });
}

/**
 * Keys made at run time, in the order of their names; a replaced key after its name.
 *
 * @param only The keys of this team. Default: of all teams.
 */
export async function listRunTimeKeys(deployment: Deployment, only?: string): Promise<KeyRecord[]> {
  const all = await listKeyNames(deployment);
  const names = all.filter(({ team }) => only === undefined || team === only);
  const current = new Set(names.flatMap(({ keyId, replaced }) => (keyId && !replaced ? [keyId] : [])));
  // A command that died while replacing a key has left it in both places.
  const distinct = names.filter(({ keyId, replaced }) => !(replaced && keyId && current.has(keyId)));
  const items = await deployment.table.getAll(distinct.map(({ keyId }) => accessKey(keyId ?? '')));
  return distinct.map((name, index) => keyRecord(deployment, name, items[index]));
}

async function configKeys(
  { config, configKeyIds, apiKeys, table, now }: Deployment,
  only: string | undefined,
): Promise<KeyRecord[]> {
  const keys = Object.entries(config.teams).flatMap(([team, { plan, keys: authored }]) =>
    only === undefined || team === only
      ? authored.map((key) => ({ ...key, team, plan, id: configKeyIds.get(key.name) }))
      : [],
  );
  const items = await table.getAll(keys.map(({ id = '' }) => changesKey({ kind: 'key', id })));
  const changed = keys.map(({ enabled: _, ...key }, index) => ({ key, changes: changesOf(items[index]) }));
  const records = await concurrently(changed, async ({ key, changes }): Promise<KeyRecord> => {
    const { id } = key;
    const enabled = id === undefined ? undefined : await apiKeys.isEnabled(id);
    const state = enabled === undefined ? 'incomplete' : enabled ? stateOf(changes, now()) : 'disabled';
    return { ...key, source: 'config', state, replaced: false, endsAt: endOf(changes) };
  });
  return records.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function keyRecord({ config, now }: Deployment, name: KeyName, item: Item | undefined): KeyRecord {
  const access = accessOf(item);
  const { keyId: id, team, replaced } = name;
  const plan = config.teams[team]?.plan ?? access?.plan;
  return {
    name: name.name,
    id,
    team,
    plan,
    source: 'run-time',
    state: access ? (plan === undefined ? 'orphaned' : stateOf(access, now())) : 'incomplete',
    replaced,
    createdAt: access?.createdAt,
    endsAt: endOf(access),
    limits: access?.limits,
    countedAs: access?.countedAs,
    owner: access?.owner,
    note: access?.note,
  };
}

function stateOf({ until, disabled }: Pick<Access, 'until' | 'disabled'>, now: number): KeyState {
  if (disabled) return 'disabled';
  if (until === undefined) return 'active';
  return until * 1000 > now ? 'ending' : 'ended';
}

function endOf(state: Pick<Access, 'until'> | undefined): string | undefined {
  return state?.until === undefined ? undefined : new Date(state.until * 1000).toISOString();
}
