import type { Item } from './item.ts';

/** The place of an item. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** The prefixes of the partition keys that functions use. */
const prefixes = { team: 'team#', key: 'key#', signIn: 'sign-in#' } as const;

/**
 * Partitions that the command line lists: the plans, teams and keys made at run time, the teams of proofs, and what operators
 * changed. The function reads single plans, and nothing else of them.
 */
export const listOf = {
  plans: 'plans',
  teams: 'teams',
  keys: 'keys',
  proofs: 'proofs',
  audit: 'audit',
} as const;

/**
 * The partition keys that each function's policy allows, with `*` for any characters: only the authorizer may read the
 * keys of signed-in callers, and the proxy may only read plans.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export const partitionsOf = {
  proxy: [`${prefixes.team}*`, `${prefixes.key}*`],
  proxyReads: [listOf.plans],
  authorizer: [`${prefixes.signIn}*`],
} as const;

/** What is counted: a team, a key, or in a team a person, a customer or a model. */
export type ScopeName = { readonly kind: 'team' | 'key'; readonly id: string } | MemberName;

/** A person, a customer or a model of a team. */
export interface MemberName {
  readonly kind: 'person' | 'customer' | 'model';
  readonly team: string;
  readonly id: string;
}

/**
 * The usage of a team, or of another scope that has limits, in the windows that began in a month.
 *
 * @param month `2026-11`, in the deployment's time zone.
 * @param shard From 0, if the counters are spread over shards. Default: the item that all have, which says whether they are.
 */
export function countersKey(scope: ScopeName, month: string, shard?: number): ItemKey {
  const pk = partitionOf(scope);
  return { pk: shard === undefined ? pk : `${pk}#shard#${shard}`, sk: month };
}

/** Neither a name of a team nor an id of a person or a customer has a `#`. */
function partitionOf(scope: ScopeName): string {
  if ('team' in scope) return `${prefixes.team}${scope.team}#${scope.kind}#${scope.id}`;
  return `${prefixes[scope.kind]}${scope.id}`;
}

/** A plan made at run time. */
export function planKey(plan: string): ItemKey {
  return { pk: listOf.plans, sk: plan };
}

/** The profile of a team made at run time. */
export function teamKey(team: string): ItemKey {
  return { pk: teamPartition(team), sk: 'profile' };
}

export function teamListKey(team: string): ItemKey {
  return { pk: listOf.teams, sk: team };
}

/** A throwaway team of `prove`. */
export function proofListKey(team: string): ItemKey {
  return { pk: listOf.proofs, sk: team };
}

/** The team and limits of a key made at run time. */
export function accessKey(keyId: string): ItemKey {
  return { pk: `${prefixes.key}${keyId}`, sk: 'access' };
}

/**
 * What operators changed at run time of a team, of a key by the id that its limits are counted under, or of a member of a
 * team. Those of members are in the team's partition, so that they can be listed.
 */
export function changesKey(scope: ScopeName): ItemKey {
  if (!('team' in scope)) return { pk: partitionOf(scope), sk: 'changes' };
  return { pk: teamPartition(scope.team), sk: `${memberChangesBefore}${scope.kind}#${scope.id}` };
}

/** The prefix of the sort keys of what was changed of a team's members. */
export const memberChangesBefore = 'changes#';

/** The partition of a team's own items. */
export function teamPartition(team: string): string {
  return `${prefixes.team}${team}`;
}

/**
 * A record of a change. Records are in the order of their times.
 *
 * @param at ISO 8601.
 * @param id Distinguishes changes of one moment.
 */
export function auditKey(at: string, id: string): ItemKey {
  return { pk: listOf.audit, sk: `${at}#${id}` };
}

/** The key that has a name. Because it is one item, the name is unique. */
export function keyNameKey(name: string): ItemKey {
  return { pk: listOf.keys, sk: name };
}

/** A key that a newer one of its name replaced. Names have no `#`, which sorts before every character of a name. */
export function replacedKey(name: string, keyId: string): ItemKey {
  return { pk: listOf.keys, sk: `${replacedBefore(name)}${keyId}` };
}

/** The prefix of the sort keys of all replaced keys of a name. */
export function replacedBefore(name: string): string {
  return `${name}#`;
}

/** The API key of a team's signed-in callers. */
export function signInKey(team: string): ItemKey {
  return { pk: `${prefixes.signIn}${team}`, sk: 'key' };
}

/** A key in DynamoDB's format. */
export function keyAttributes({ pk, sk }: ItemKey): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}
