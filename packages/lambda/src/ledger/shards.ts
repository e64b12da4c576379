import { type Item, numberOf, shardsAttribute } from '@org/table';
import type { Account, Counted } from './account.ts';
import { type Counters, chargedIn, committedIn, type InFlight, inFlightIn } from './counters.ts';
import { mostAt } from './pace.ts';

/**
 * One of the whole parts that add up to an amount. No part shrinks when the amount grows, so that a change of a limit passes
 * neither the old one nor the new one. The first part is the largest.
 *
 * @param shard From 0.
 * @example
 * [0, 1, 2, 3].map((shard) => partOf(10, shard, 4)); // [3, 3, 2, 2]
 */
export function partOf(amount: number, shard: number, shards: number): number {
  return Math.floor((amount + shards - 1 - shard) / shards);
}

/**
 * The least amount of which a shard's part is this large.
 *
 * @example
 * amountOfPart(3, 1, 4); // 10: partOf(10, 1, 4) is 3, and partOf(9, 1, 4) is 2
 */
export function amountOfPart(part: number, shard: number, shards: number): number {
  return part * shards - shards + 1 + shard;
}

/**
 * What shards with their uses take up, if each of the others has its part of an amount. More than the amount if one has used more
 * than its part.
 */
export function filledTo(amount: number, used: readonly number[]): number {
  return used.reduce((sum, each, shard) => sum + Math.max(each, partOf(amount, shard, used.length)), 0);
}

/**
 * The amount to divide, so that all shards together do not pass what there is: what one has used above its part is taken
 * off the parts of the others. It has, after a limit was lowered.
 *
 * @returns Below 0 if more is used than there is, so that nothing fits, however small.
 * @example
 * dividedOf(12, [0, 0, 9, 0]); // 4: the others have a part of 1 each
 */
export function dividedOf(amount: number, used: readonly number[]): number {
  if (filledTo(amount, used) <= amount) return amount;
  let [fits, passes] = [-1, amount];
  while (passes - fits > 1) {
    const middle = Math.floor((fits + passes) / 2);
    if (filledTo(middle, used) <= amount) fits = middle;
    else passes = middle;
  }
  return fits;
}

/** Over how many shards an account is spread; 0: it is not. */
export function shardsIn({ item }: Counters): number {
  return numberOf(item, shardsAttribute);
}

/**
 * The shards of an account. They divide what its first item, which was closed when it was spread, has left of each limit.
 *
 * @param used By the first item, and by each shard.
 */
export function shardsOf(whole: Account, [first, ...others]: readonly [Uses, ...Uses[]]): Account[] {
  const shards = others.map((_, number) => number);
  /** The parts of what is left of an amount; -1 for a shard if nothing fits. */
  const partsOf = (amount: number, used: (uses: Uses) => number) => {
    const divided = dividedOf(amount - used(first), others.map(used));
    return shards.map((number) => (divided < 0 ? -1 : partOf(divided, number, shards.length)));
  };
  const bounds = whole.bounds.map(({ burst, ...bound }) => {
    const used = (uses: Uses) => uses.of(bound);
    const allowed = burst === undefined ? [] : partsOf(mostAt({ ...bound, burst }, whole.moment), used);
    return partsOf(bound.max, used).map((max, number) => ({ ...bound, max, allowed: allowed[number] }));
  });
  const atOnce = whole.atOnce === undefined ? [] : partsOf(whole.atOnce, ({ inFlight }) => liveOf(inFlight));
  return shards.map((number) => ({
    ...whole,
    bounds: bounds.flatMap((parts) => parts[number] ?? []),
    atOnce: atOnce[number],
    shard: { number, whole },
  }));
}

/** The shards of an account by which their items are read. Each still has the limits of the whole. */
export function undividedShards(whole: Account, shards: number): Account[] {
  return Array.from({ length: shards }, (_, number) => ({ ...whole, shard: { number, whole } }));
}

/** What an item takes of the limits of its account. */
export interface Uses {
  of(bound: Counted): number;
  readonly inFlight: InFlight;
}

/** All that an item has committed. */
export function committedUses(item: Item, account: Account): Uses {
  return { of: (bound) => committedIn(item, account, bound), inFlight: inFlightIn(item, account) };
}

/** What is charged for good: what calls hold may be released. */
export function chargedUses(counters: Counters): Uses {
  return { of: (bound) => chargedIn(counters, bound), inFlight: counters.inFlight };
}

function liveOf({ counted, dead }: InFlight): number {
  return counted - dead.reduce((sum, { calls }) => sum + calls, 0);
}
