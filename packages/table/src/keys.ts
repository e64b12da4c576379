import type { LimitScope } from '@org/contract';
import type { Item } from './item.ts';

/** Where an item is. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** What the partition keys of items begin with that a function uses. */
const prefixes = { team: 'team#', key: 'key#', signIn: 'sign-in#' } as const;

/**
 * What the partition keys begin with that each function may use, as its policy says: only the authorizer may read the
 * keys of signed-in callers.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export const partitionsOf = {
  proxy: [prefixes.team, prefixes.key],
  authorizer: [prefixes.signIn],
} as const;

/** Partitions that only the command line uses: each lists what was made at run time. */
export const listOf = { teams: 'teams', keys: 'keys' } as const;

/**
 * What a team, or a key with limits of its own, has used in a month.
 *
 * @param month `2026-11`, UTC.
 */
export function countersKey(
  scope: { readonly kind: LimitScope; readonly id: string },
  month: string,
): ItemKey {
  return { pk: `${prefixes[scope.kind]}${scope.id}`, sk: month };
}

/** What a team made at run time is. */
export function teamKey(team: string): ItemKey {
  return { pk: `${prefixes.team}${team}`, sk: 'profile' };
}

export function teamListKey(team: string): ItemKey {
  return { pk: listOf.teams, sk: team };
}

/** Whom a key made at run time stands for. */
export function accessKey(keyId: string): ItemKey {
  return { pk: `${prefixes.key}${keyId}`, sk: 'access' };
}

/** What the name of a key stands for; being one item, it makes the name unique. */
export function keyNameKey(name: string): ItemKey {
  return { pk: listOf.keys, sk: name };
}

/** A key that a newer one of its name replaced. Names have no `#`, and it sorts before all that they have. */
export function replacedKey(name: string, keyId: string): ItemKey {
  return { pk: listOf.keys, sk: `${replacedBefore(name)}${keyId}` };
}

/** What the sort keys of the keys begin with that were replaced under a name. */
export function replacedBefore(name: string): string {
  return `${name}#`;
}

/** The API key of a team's signed-in callers. */
export function signInKey(team: string): ItemKey {
  return { pk: `${prefixes.signIn}${team}`, sk: 'key' };
}

/** A key as DynamoDB takes it. */
export function keyAttributes({ pk, sk }: ItemKey): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}
